// The one room this page is in: entered at the call or at "I'm ready", so that the connection
// stands when the person is at the desk, and left when the turn is over.
import { computed, effect, signal } from "../vendor/ui.js";
import { isThrifty } from "../shared/own_end.js";
import { openRoom } from "../shared/room.js";
import { dropMedia, ownMedia } from "./own_media.js";
import { link, me, send, tickets } from "./state.js";
import { isAnswered, isInside } from "./turn.js";

/**
 * @typedef {import("./state.js").Ticket} Ticket
 * @typedef {import("../shared/room.js").Room} Room
 */

/** The room, or null while nobody is near. */
export const ownRoom = signal(/** @type {Room | null} */ (null));

/** @param {Ticket} ticket */
const isAtDesk = ({ state }) => state === "connecting" || state === "interviewing";

/** Whether a ticket's talk runs by telephone, or will. @param {Ticket} ticket */
export const byPhone = (ticket) => ticket.interview_mode === "phone" || me.value?.way === "phone";

/** @param {Ticket} ticket */
const hasRoom = (ticket) => ticket.mode !== "onsite" && !byPhone(ticket)
  && (isAtDesk(ticket) || ticket.state === "called" || (ticket.state === "on_deck" && ticket.ready));

const wanted = computed(() =>
  tickets.value.find((ticket) => hasRoom(ticket) && isInside(ticket.ticket_id))?.ticket_id ?? null);

/** @param {string} ticketId */
const ticketOf = (ticketId) => tickets.value.find((one) => one.ticket_id === ticketId);

/**
 * How far the connection of a ticket may go by now.
 * @param {string} ticketId
 * @returns {import("../shared/room.js").Phase}
 */
function phaseOf(ticketId) {
  const ticket = ticketOf(ticketId);
  if (!ticket) return "held";
  if (isAtDesk(ticket) || isAnswered(ticket)) return "open";
  return ticket.state === "on_deck" ? "ahead" : "held";
}

/** Come back into a room that another window took over. */
export function takeBack() {
  hold(null);
  hold(wanted.value);
}

const isLost = () => ownRoom.peek()?.state.peek() === "taken_over";

/** @param {string | null} ticketId */
function hold(ticketId) {
  if (ownRoom.value?.ticketId === ticketId) return;
  const before = ownRoom.value;
  before?.close();
  ownRoom.value = ticketId ? enter(ticketId) : null;
  if (before && !ticketId) dropMedia();
}

/** @param {string} ticketId */
function enter(ticketId) {
  return openRoom({
    link: /** @type {import("../shared/net.js").Link} */ (link.value),
    ticketId,
    side: "candidate",
    getRoom: () => ticketOf(ticketId)?.room ?? null,
    getPhase: () => phaseOf(ticketId),
    localStream: ownMedia.value?.stream ?? null,
    thrifty: isThrifty(),
  });
}

effect(() => {
  const ticketId = wanted.value;
  queueMicrotask(() => hold(ticketId));
});

effect(() => {
  // Two windows were called; the one in which the answer was given has the room.
  const ticket = tickets.value.find(isAnswered);
  if (ticket?.ticket_id === ownRoom.peek()?.ticketId && isLost()) queueMicrotask(takeBack);
});

effect(() => {
  // The room does not wait for the camera: its tracks come in whenever they are there.
  const room = ownRoom.value;
  const stream = ownMedia.value?.stream ?? null;
  if (room && room.stream !== stream) void room.setTracks(stream);
});

effect(() => {
  // In the room the recruiter is told what there really is, whatever was said before.
  const media = ownMedia.value;
  const way = me.value?.way;
  if (!ownRoom.value || !media?.stream || !way || way === "phone") return;
  const truly = media.video ? "video" : "audio";
  if (way !== truly) send("choose_way", { way: truly }).catch(() => {});
});
