// The person's own will about a turn: answering a call, going out of the room and back in.
import { signal } from "../vendor/ui.js";

/** Tickets whose room the person has left for now; a reload comes straight back. */
const outside = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** The call that was answered in this page, before the server has said so. */
const answered = signal("");

/** One call of a ticket. @param {import("./state.js").Ticket} ticket */
const callOf = ({ ticket_id, since }) => `${ticket_id} ${since}`;

/** The answer to a call was given here. @param {import("./state.js").Ticket} ticket */
export function answer(ticket) {
  answered.value = callOf(ticket);
}

/** The answer was refused. @param {import("./state.js").Ticket} ticket */
export function unanswer(ticket) {
  if (answered.value === callOf(ticket)) answered.value = "";
}

/** @param {import("./state.js").Ticket} ticket */
export function isAnswered(ticket) {
  return ticket.state === "called" && answered.value === callOf(ticket);
}

/** @param {string} ticketId */
export function goOut(ticketId) {
  outside.value = new Set([...outside.value, ticketId]);
}

/** @param {string} ticketId */
export function backIn(ticketId) {
  outside.value = new Set([...outside.value].filter((id) => id !== ticketId));
}

/** @param {string} ticketId */
export function isInside(ticketId) {
  return !outside.value.has(ticketId);
}
