// How an end keeps pace with its link: what both ends hear of it goes in, what to send comes out.
// Pure, as the ladder is; `connection.js` reads the statistics and puts the answers on the line.
import { Arrivals, Freshener, Microphone } from "./sound_line.js";

/**
 * @typedef {{ queues: boolean, carries: number, stale: boolean, concealed: number, missed: number }} Heard
 * what an end hears of the other's way to it: whether it stands in a queue, how much comes through that
 * queue, bit/s (0: not known), whether its sound waits too long in the buffer, and the share of it made up;
 * and what its own microphone missed since the connection began, ms
 */

/** @type {Heard} */
export const NOTHING = Object.freeze({ queues: false, carries: 0, stale: false, concealed: 0, missed: 0 });

/** What a microphone missed explains a queue that goes within this time; ms. */
const EXPLAINS_MS = 600;

/** One connection's pace; the ladder that it moves outlives it. */
export class Pace {
  /**
   * @param {import("./ladder.js").Ladder} ladder
   * @param {number} now ms
   */
  constructor(ladder, now) {
    this.ladder = ladder;
    this.arrivals = new Arrivals();
    this.freshener = new Freshener(now);
    this.microphone = new Microphone();
    /** What this end hears, and what the other one said that it hears. */
    this.own = NOTHING;
    this.other = NOTHING;
    this.trip = 0;
    /** When a queue was last explained by a microphone; ms. */
    this.explainedAt = -Infinity;
  }

  /** Whether a queue stands on the way in or out: it is mostly the same phone's link. */
  get queues() {
    return this.own.queues || this.other.queues;
  }

  /**
   * Take in how much came.
   * @param {import("./sound_line.js").Came} came
   * @param {number} now ms
   * @returns {boolean} whether the other end must hear of it at once
   */
  heard(came, now) {
    const before = this.own;
    const queues = this.arrivals.take(came, now);
    this.own = { ...before, queues, carries: this.arrivals.carries, stale: this.arrivals.isStale(now) };
    return queues !== before.queues || this.own.stale !== before.stale;
  }

  /**
   * Take in what the own microphone gave.
   * @param {import("./sound_line.js").Spoken} spoken
   * @param {number} now ms
   * @returns {boolean} whether the other end must hear of it at once
   */
  spoke(spoken, now) {
    if (!this.microphone.take(spoken)) return false;
    this.own = { ...this.own, missed: this.microphone.missed };
    if (this.other.queues) this.explainedAt = now;
    return true;
  }

  /**
   * Take in what the other end said of itself.
   * @param {Heard} other
   * @param {number} now ms
   * @returns {boolean} whether the other end must hear of this one at once
   */
  told(other, now) {
    const missed = Math.max(0, other.missed - this.other.missed);
    this.other = other;
    const isOver = missed > 0 && this.arrivals.excuse(missed) && this.own.queues;
    if (!isOver) return false;
    this.explainedAt = now;
    this.own = { ...this.own, queues: false };
    return true;
  }

  /** Take in the share of the other's sound that had to be made up. @param {number} concealed 0 to 1 */
  makesUp(concealed) {
    this.own = { ...this.own, concealed };
  }

  /**
   * Take in how the way out is doing.
   * @param {import("./quality.js").Way} way
   * @param {number} now ms
   * @returns {boolean} whether what goes out must change
   */
  sent(way, now) {
    const { queues, own, other } = this;
    // What the own microphone missed is no fault of the link's.
    const concealed = Math.max(0, other.concealed - this.microphone.share);
    const explained = now - this.explainedAt < EXPLAINS_MS;
    // A round trip is measured now and then: the same figure again is an old one.
    const trip = way.trip === this.trip ? 0 : way.trip;
    this.trip = way.trip;
    const { carries } = other;
    return this.ladder.take({ ...way, trip, concealed, queues, explained, carries, like: own.carries }, now);
  }

  /**
   * Whether the other end wants fresh sound, and this is the moment for it.
   * @param {number} level how loud our sound is, 0 to 1
   * @param {number} now ms
   */
  freshens(level, now) {
    return this.freshener.take({ isDue: this.other.stale, level }, now);
  }
}
