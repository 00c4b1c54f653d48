// How much an end sends: the ladder full picture, small picture, sound, text. Pure: statistics go in,
// a rung and bit rates come out; `connection.js` puts them on the line.
import { FullLink } from "./full_link.js";

/**
 * @typedef {"video" | "small" | "audio" | "text"} Rung
 * @typedef {{ available: number | null, lost: number, trip: number, concealed: number,
 *   queues?: boolean, explained?: boolean, carries?: number, like?: number }} Sample
 *   bit/s that the browser thinks the way out carries (null: not known); the share of our packets
 *   lost, 0 to 1; the round trip, seconds; the share of our sound that the other end had to make up;
 *   whether a queue stands on the link, which says so before all the others; whether a microphone that
 *   lost sound explains it; what comes through then, and in its last moment, at the other end and here,
 *   bit/s (0: not known): both ways are mostly one link
 */

/** From the fullest to the leanest. */
export const RUNGS = Object.freeze(/** @type {Rung[]} */ (["video", "small", "audio", "text"]));

/** What sound takes with its headers, as a browser counts; bit/s. */
const SOUND = 40_000;
/** A link that falls below this is left to sound alone at first; bit/s. */
const SOUND_ONLY = 90_000;
/** A queue alone takes nobody's picture away: the browser must not think that it carries this; bit/s. */
const DOUBTED = 135_000;
/** With less than this not even sound can be understood; bit/s. */
const TEXT_ONLY = 20_000;
/** The least picture that still is one; from where on it has its full size, and from where on it keeps
 * that: each change of size makes the encoder start again; bit/s. */
export const LEAST = 20_000;
const FULL_SIZE = 130_000;
const KEEPS_SIZE = 90_000;
/** The share of what sound leaves over that the picture takes: after trouble, and when growing. */
const CAREFUL = 0.55;
const BOLD = 0.72;
/** Signs of a link that is too full: it carries this share of what is sent, the second once it has
 * been full; it loses or delays so much. */
const TIGHT = 0.7;
const TIGHTER = 0.85;
const LOST = 0.1;
const TRIP_S = 0.6;
/** A queue that grows must also be emptied: the picture keeps this share, while no more is known. */
const EMPTYING = 0.25;
const CONCEALED = 0.1;
/** Sound is made up for so long before the link is blamed: a busy phone stutters too; ms. */
const CONCEALED_MS = 2_000;
/** Sound in which so much is made up is no sound any more. */
const UNHEARD = 0.3;
/** Between two steps down, and while a queue stands; how long sound must be past hearing before it
 * is given up; ms. */
const FALL_MS = 1_500;
const QUEUE_FALL_MS = 1_200;
const UNHEARD_MS = 4_000;
/** A step up, and up to what, whatever the browser thinks of a link on which little goes out. */
const STEP = 1.4;
const TRIED = 0.9 * FULL_SIZE;
/** How long all must be well before the first step up, and between two steps up; ms. */
const GREEN_MS = 10_000;
const CLIMB_MS = 1_000;
/** A step up that fails within this time was one too many: the next waits longer; ms. */
const FAILED_MS = 4_000;
const LONGER_WAIT_MS = 15_000;

/**
 * The leaner of two rungs.
 * @param {Rung} one
 * @param {Rung} other
 */
export function leaner(one, other) {
  return RUNGS.indexOf(one) > RUNGS.indexOf(other) ? one : other;
}

/** What the way out carries: starts small, falls at once, grows after ten good seconds. */
export class Ladder {
  #cap = 0;
  #isWhole = false;

  /**
   * @param {number} start bit/s of the picture
   * @param {number} most bit/s of the picture
   * @param {number} now ms
   */
  constructor(start, most, now) {
    this.cap = start;
    this.most = most;
    this.silent = false;
    /** When it last got worse, the same before its last queue, and when the cap last changed; ms. */
    this.badAt = now;
    this.badBefore = now;
    this.changedAt = -Infinity;
    this.climbedAt = -Infinity;
    this.wait = GREEN_MS;
    this.unheardAt = /** @type {number | null} */ (null);
    this.concealedAt = /** @type {number | null} */ (null);
    /** What is known of the way out since it was last full. */
    this.full = new FullLink();
  }

  /** Another connection begins: on the rung of the last one, and with all to prove. @param {number} now */
  restart(now) {
    this.badAt = this.badBefore = now;
    this.unheardAt = this.concealedAt = null;
    this.full.forget();
  }

  /** Bit/s of the picture; 0 is sound only. */
  get cap() {
    return this.#cap;
  }

  /** @param {number} cap bit/s */
  set cap(cap) {
    this.#cap = cap;
    this.#isWhole = cap >= (this.#isWhole ? KEEPS_SIZE : FULL_SIZE);
  }

  /** @returns {Rung} */
  get rung() {
    if (this.silent) return "text";
    if (!this.cap) return "audio";
    return this.#isWhole ? "video" : "small";
  }

  /**
   * @param {Sample} sample
   * @param {number} now ms
   * @returns {boolean} whether `cap` or `rung` changed
   */
  take(sample, now) {
    const { cap, silent } = this;
    if (sample.queues && this.full.stands(cap, now)) this.badBefore = this.badAt;
    this.#listen(sample, now);
    const isKnown = this.full.isKnown(now);
    if (this.#wasStall(sample, now)) this.#forgive(now);
    else if (this.#isFull(sample, isKnown, now)) this.#fall(sample, isKnown, now);
    else if (isKnown && this.#mayTake(now)) this.#takePart(now);
    else if (now - this.badAt >= this.wait && now - this.changedAt >= CLIMB_MS) this.#climb(sample, isKnown, now);
    return this.cap !== cap || this.silent !== silent;
  }

  /**
   * @param {Sample} sample
   * @param {boolean} isKnown
   * @param {number} now
   */
  #isFull({ available, lost, trip, concealed, queues = false }, isKnown, now) {
    this.concealedAt = concealed > CONCEALED && !this.silent ? this.concealedAt ?? now : null;
    const isUnclear = this.concealedAt !== null && now - this.concealedAt >= CONCEALED_MS;
    const needed = this.silent ? 0 : this.cap ? this.cap + SOUND : TEXT_ONLY;
    // A step that went before the browser's guess gets the time that a guess takes.
    const isTried = this.cap <= TRIED && now - this.climbedAt < CLIMB_MS;
    const isShort = available !== null && !isTried && available < (isKnown ? TIGHTER : TIGHT) * needed;
    return queues || isShort || isUnclear || lost > LOST || trip > TRIP_S;
  }

  /**
   * Sound that cannot be understood any more gives way to text.
   * @param {Sample} sample
   * @param {number} now
   */
  #listen({ available, lost, concealed }, now) {
    const unheard = !this.cap && !this.silent
      && (concealed > UNHEARD || lost > UNHEARD || (available !== null && available < TEXT_ONLY));
    this.unheardAt = unheard ? this.unheardAt ?? now : null;
    if (this.unheardAt === null || now - this.unheardAt < UNHEARD_MS) return;
    this.unheardAt = null;
    this.silent = true;
    if (now - this.climbedAt < FAILED_MS + UNHEARD_MS) this.wait = LONGER_WAIT_MS;
    this.#changed(now);
  }

  /**
   * Whether what looked like a full link was a computer that stood still.
   * @param {Sample} sample
   * @param {number} now
   */
  #wasStall({ queues = false, explained = false, carries = 0, like = 0 }, now) {
    return !queues && this.full.wasStall(Math.max(carries, like), explained, now);
  }

  /** Go on as before the queue that was none. @param {number} now */
  #forgive(now) {
    const cap = this.full.unlearn();
    this.badAt = this.badBefore;
    this.wait = GREEN_MS;
    if (this.cap >= cap) return;
    this.cap = cap;
    this.#changed(now);
  }

  /** The picture's part of a link that was full; bit/s. */
  get part() {
    return Math.min(this.most, floor(this.full.part, this.cap));
  }

  /** Whether a queue has gone, and the picture may have more. @param {number} now */
  #mayTake(now) {
    return this.cap > 0 && this.cap < this.part && this.full.isEmptied(now);
  }

  /** @param {number} now */
  #takePart(now) {
    this.cap = this.part;
    this.full.taken(now);
    this.#changed(now);
  }

  /**
   * @param {Sample} sample
   * @param {boolean} isKnown
   * @param {number} now
   */
  #fall({ available, queues = false, carries = 0, like = 0 }, isKnown, now) {
    // Where only sound goes out, nothing is to be taken away, and a queue says nothing of the link.
    if (!this.cap) {
      if (!queues) this.badAt = now;
      return;
    }
    const through = queues ? Math.min(carries || Infinity, like || Infinity) : Infinity;
    // All that is sent comes through: late, and no worse than that.
    if (through < Infinity && !this.full.hear(through, this.cap, now)) return;
    this.badAt = now;
    if (through < Infinity) {
      const fitsSoundOnly = through < SOUND_ONLY && (available === null || available < DOUBTED);
      const cap = fitsSoundOnly ? 0 : floor(this.full.part, Infinity);
      if (cap < this.cap) this.#lower(cap, now);
      return;
    }
    if (isKnown && available !== null) this.full.lessen(available, now);
    const wait = queues ? QUEUE_FALL_MS : FALL_MS;
    if (now - this.changedAt < wait && now - this.climbedAt > FALL_MS) return;
    this.#lower(available !== null && available < SOUND_ONLY ? 0
      : floor(Math.min(this.cap * (queues ? EMPTYING : 0.5), CAREFUL * ((available ?? Infinity) - SOUND)),
        queues ? Infinity : this.cap), now);
  }

  /**
   * @param {number} cap bit/s
   * @param {number} now
   */
  #lower(cap, now) {
    if (now - this.climbedAt < FAILED_MS) this.wait = LONGER_WAIT_MS;
    this.cap = cap;
    this.climbedAt = -Infinity;
    this.#changed(now);
  }

  /**
   * @param {Sample} sample
   * @param {boolean} isKnown
   * @param {number} now
   */
  #climb({ available }, isKnown, now) {
    if (this.cap === this.most) {
      this.wait = GREEN_MS;
      return;
    }
    const { cap, silent } = this;
    if (silent) this.silent = false;
    else {
      const most = isKnown ? this.part : this.most;
      this.cap = Math.round(Math.max(cap, Math.min(most, this.#next(available ?? Infinity))));
    }
    if (cap === this.cap && silent === this.silent) return;
    this.climbedAt = now;
    this.#changed(now);
  }

  /**
   * The next step up. A browser tries a link only with what it may send: the first steps go before
   * its guess.
   * @param {number} available bit/s
   */
  #next(available) {
    const { cap } = this;
    if (!cap) return available >= TEXT_ONLY ? LEAST : 0;
    const tried = available >= cap + SOUND ? Math.min(STEP * cap, TRIED) : 0;
    return Math.max(tried, Math.min(2 * cap, BOLD * (available - SOUND)));
  }

  /** @param {number} now */
  #changed(now) {
    this.changedAt = now;
  }
}

/**
 * The picture's bit rate after a fall: not below the least, and nothing when that was too much already.
 * @param {number} cap
 * @param {number} before
 */
function floor(cap, before) {
  if (cap >= LEAST) return Math.round(cap);
  return before > LEAST ? LEAST : 0;
}
