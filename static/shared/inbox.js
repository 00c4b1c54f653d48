// Which signals an end of a room takes: of the page that the room names as its other end, of the
// epoch that the room is in, and of nobody else.
//
// Signals and cells come by themselves: a signal may be here before the cell that names its
// sender. Such a one is kept until then, so that no connection waits for a second try.

/**
 * @typedef {import("./net.js").PeerSignal} PeerSignal
 * @typedef {{ epoch: number, peer: string }} Named the room's epoch, and its other end's page ("": none)
 */

/** Signals that wait for their cell: of one connection there are no more. */
export const MOST_EARLY = 64;

/** Sorts the signals of one end of one room. */
export class Inbox {
  constructor() {
    /** Of an epoch whose connection is not there yet; the oldest first. */
    this.early = /** @type {PeerSignal[]} */ ([]);
    /** Signals of ends or epochs that the room does not name. */
    this.dropped = 0;
  }

  /**
   * Take a signal now, or keep it for a later epoch, or drop it.
   * @param {PeerSignal} message
   * @param {Named} named
   * @param {number} epoch of the connection; 0 without one
   * @returns {boolean} whether it is for the connection
   */
  takes(message, named, epoch) {
    if (isOver(message, named)) {
      this.dropped += 1;
      return false;
    }
    if (message.epoch === epoch && message.epoch === named.epoch) return true;
    this.early.push(message);
    this.dropped += this.early.splice(0, this.early.length - MOST_EARLY).length;
    return false;
  }

  /**
   * What was kept for the connection that begins now.
   * @param {Named} named
   */
  release(named) {
    const now = this.early.filter((one) => one.epoch === named.epoch && one.peer === named.peer);
    const later = this.early.filter((one) => one.epoch > named.epoch);
    this.dropped += this.early.length - now.length - later.length;
    this.early = later;
    return now;
  }
}

/**
 * Whether nothing that the room may still say makes a signal one of its own.
 * @param {PeerSignal} message
 * @param {Named} named
 */
function isOver(message, named) {
  return message.epoch < named.epoch
    || (message.epoch === named.epoch && message.peer !== named.peer);
}
