/** The desk's end of the interview room: open while the person is at the desk, and only then. */
import { computed, effect, signal } from "../vendor/ui.js";
import { openRoom } from "../shared/room.js";

/** @typedef {import("../shared/room.js").Room} Room */

/** Keeps at most one room, the one of the ticket at the desk. */
export class Call {
  /**
   * @param {import("./model.js").DeskModel} model
   * @param {import("./camera.js").Camera} camera
   */
  constructor(model, camera) {
    this.model = model;
    this.camera = camera;
    this.room = signal(/** @type {Room | null} */ (null));
    this.remote = signal(/** @type {MediaStream | null} */ (null));
    const wanted = computed(() => wantedRoom(model));
    const stopRoom = effect(() => {
      const ticketId = wanted.value;
      queueMicrotask(() => this.#hold(ticketId));
    });
    const stopTracks = effect(() => {
      const stream = camera.stream.value;
      queueMicrotask(() => void this.room.value?.setTracks(stream));
    });
    this.stop = () => {
      stopRoom();
      stopTracks();
      this.#hold(null);
    };
  }

  /** Come back into a room that another window took over. */
  takeBack() {
    const ticketId = wantedRoom(this.model);
    this.#hold(null);
    this.#hold(ticketId);
  }

  /** @param {string | null} ticketId */
  #hold(ticketId) {
    if (this.room.value?.ticketId === ticketId) return;
    this.room.value?.close();
    this.room.value = null;
    this.remote.value = null;
    if (ticketId) this.room.value = this.#open(ticketId);
  }

  /** @param {string} ticketId */
  #open(ticketId) {
    return openRoom({
      link: this.model.link,
      ticketId,
      side: "desk",
      getRoom: () => roomOf(this.model, ticketId),
      localStream: this.camera.stream.value,
      onRemote: (stream) => (this.remote.value = stream),
    });
  }
}

/**
 * The ticket whose room this desk should be in, if any.
 * @param {import("./model.js").DeskModel} model
 */
function wantedRoom(model) {
  const ticket = model.ticket.value;
  if (!ticket || model.booth.mode === "onsite" || model.byPhone) return null;
  return ticket.state === "connecting" || ticket.state === "interviewing" ? ticket.ticket_id : null;
}

/**
 * @param {import("./model.js").DeskModel} model
 * @param {string} ticketId
 */
function roomOf(model, ticketId) {
  const ticket = model.ticket.value;
  return ticket?.ticket_id === ticketId ? ticket.room : null;
}
