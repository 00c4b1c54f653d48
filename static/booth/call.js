/**
 * The desk's ends of interview rooms: of the person at the desk, and of the one who comes next,
 * whose connection is made ahead.
 */
import { computed, effect, signal } from "../vendor/ui.js";
import { openRoom } from "../shared/room.js";
import { isAtDesk, nextAt } from "./next_step.js";

/** @typedef {import("../shared/room.js").Room} Room */

/** Keeps the rooms that this desk should be in, and no others. */
export class Call {
  /**
   * @param {import("./model.js").DeskModel} model
   * @param {import("./camera.js").Camera} camera
   */
  constructor(model, camera) {
    this.model = model;
    this.camera = camera;
    this.rooms = signal(/** @type {ReadonlyMap<string, Room>} */ (new Map()));
    /** The room of the person at the desk; null before the call is answered. */
    this.room = computed(() => {
      const ticket = model.ticket.value;
      return (ticket && isAtDesk(ticket) && this.rooms.value.get(ticket.ticket_id)) || null;
    });
    /** That person's picture and sound. */
    this.remote = computed(() => this.room.value?.remote.value ?? null);
    const wanted = computed(() => wantedRooms(model).join(" "));
    const stopRooms = effect(() => {
      const ticketIds = wanted.value.split(" ").filter(Boolean);
      queueMicrotask(() => this.#hold(ticketIds));
    });
    const stopTracks = effect(() => {
      const stream = camera.stream.value;
      for (const room of this.rooms.value.values()) queueMicrotask(() => void room.setTracks(stream));
    });
    this.stop = () => {
      stopRooms();
      stopTracks();
      this.#hold([]);
    };
  }

  /** Come back into a room that another window took over. */
  takeBack() {
    const ticketIds = wantedRooms(this.model);
    this.#hold(ticketIds.filter((id) => id !== this.model.ticket.value?.ticket_id));
    this.#hold(ticketIds);
  }

  /** @param {string[]} ticketIds */
  #hold(ticketIds) {
    const held = this.rooms.value;
    for (const [id, room] of held) if (!ticketIds.includes(id)) room.close();
    this.rooms.value = new Map(ticketIds.map((id) => [id, held.get(id) ?? this.#open(id)]));
  }

  /** @param {string} ticketId */
  #open(ticketId) {
    return openRoom({
      link: this.model.link,
      ticketId,
      side: "desk",
      getRoom: () => this.model.ticketOf(ticketId)?.room ?? null,
      getPhase: () => this.#phase(ticketId),
      localStream: this.camera.stream.value,
      deskId: this.model.desk.desk_id,
    });
  }

  /**
   * How far the connection of a ticket may go by now.
   * @param {string} ticketId
   * @returns {import("../shared/room.js").Phase}
   */
  #phase(ticketId) {
    const ticket = this.model.ticketOf(ticketId);
    if (ticket?.state === "on_deck") return "ahead";
    return ticket && isAtDesk(ticket) ? "open" : "held";
  }
}

/**
 * The tickets whose rooms this desk should be in: at the desk, called, and coming next.
 * @param {import("./model.js").DeskModel} model
 */
function wantedRooms(model) {
  if (model.booth.mode === "onsite") return [];
  const own = model.ticket.value;
  const talks = own && !model.byPhone && (isAtDesk(own) || own.state === "called");
  const next = nextAt(model.desk.desk_id, model.desks.value, model.deck.value);
  const ahead = next && next.way !== "phone";
  return [...(talks ? [own.ticket_id] : []), ...(ahead ? [next.ticket_id] : [])];
}
