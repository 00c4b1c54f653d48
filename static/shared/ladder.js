// How much an end sends: the ladder full picture, small picture, sound, text. Pure: statistics go in,
// a rung and bit rates come out; `connection.js` puts them on the line.

/**
 * @typedef {"video" | "small" | "audio" | "text"} Rung
 * @typedef {{ available: number | null, lost: number, trip: number, concealed: number,
 *   queues?: boolean }} Sample
 *   bit/s that the browser thinks the way out carries (null: not known); the share of our packets
 *   lost, 0 to 1; the round trip, seconds; the share of our sound that the other end had to make up;
 *   whether a queue grows on the link, which says so before all the others
 */

/** From the fullest to the leanest. */
export const RUNGS = Object.freeze(/** @type {Rung[]} */ (["video", "small", "audio", "text"]));

/** What sound takes with its headers; bit/s. */
const SOUND = 40_000;
/** A link that falls below this is left to sound alone at first; bit/s. */
const SOUND_ONLY = 90_000;
/** With less than this not even sound can be understood; bit/s. */
const TEXT_ONLY = 20_000;
/** The least picture that still is one, and from where on it has its full size; bit/s. */
const LEAST = 20_000;
const FULL_SIZE = 130_000;
/** The share of what sound leaves over that the picture takes: after trouble, and when growing. */
const CAREFUL = 0.55;
const BOLD = 0.72;
/** Signs of a link that is too full: it carries this share of what is sent, loses or delays so much. */
const TIGHT = 0.7;
const LOST = 0.1;
const TRIP_S = 0.6;
/** A queue that grows must also be emptied: the picture keeps this share, and does not end by it. */
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
  /**
   * @param {number} start bit/s of the picture
   * @param {number} most bit/s of the picture
   * @param {number} now ms
   */
  constructor(start, most, now) {
    /** Bit/s of the picture; 0 is sound only. */
    this.cap = start;
    this.most = most;
    this.silent = false;
    /** When it last got worse, and when the cap last changed; ms. */
    this.badAt = now;
    this.changedAt = -Infinity;
    this.climbedAt = -Infinity;
    this.wait = GREEN_MS;
    this.unheardAt = /** @type {number | null} */ (null);
    this.concealedAt = /** @type {number | null} */ (null);
  }

  /** Another connection begins: on the rung of the last one, and with all to prove. @param {number} now */
  restart(now) {
    this.badAt = now;
    this.unheardAt = this.concealedAt = null;
  }

  /** @returns {Rung} */
  get rung() {
    if (this.silent) return "text";
    if (!this.cap) return "audio";
    return this.cap < FULL_SIZE ? "small" : "video";
  }

  /**
   * @param {Sample} sample
   * @param {number} now ms
   * @returns {boolean} whether `cap` or `rung` changed
   */
  take(sample, now) {
    const { cap, silent } = this;
    this.#listen(sample, now);
    if (this.#isFull(sample, now)) this.#fall(sample, now);
    else if (now - this.badAt >= this.wait && now - this.changedAt >= CLIMB_MS) this.#climb(sample, now);
    return this.cap !== cap || this.silent !== silent;
  }

  /**
   * @param {Sample} sample
   * @param {number} now
   */
  #isFull({ available, lost, trip, concealed, queues = false }, now) {
    this.concealedAt = concealed > CONCEALED && !this.silent ? this.concealedAt ?? now : null;
    const isUnclear = this.concealedAt !== null && now - this.concealedAt >= CONCEALED_MS;
    const needed = this.silent ? 0 : this.cap ? this.cap + SOUND : TEXT_ONLY;
    const isShort = available !== null && available < TIGHT * needed;
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
   * @param {Sample} sample
   * @param {number} now
   */
  #fall({ available, queues = false }, now) {
    this.badAt = now;
    const wait = queues ? QUEUE_FALL_MS : FALL_MS;
    if (!this.cap || now - this.changedAt < wait && now - this.climbedAt > FALL_MS) return;
    if (now - this.climbedAt < FAILED_MS) this.wait = LONGER_WAIT_MS;
    this.cap = available !== null && available < SOUND_ONLY ? 0
      : floor(Math.min(this.cap * (queues ? EMPTYING : 0.5), CAREFUL * ((available ?? Infinity) - SOUND)),
        queues ? Infinity : this.cap);
    this.climbedAt = -Infinity;
    this.#changed(now);
  }

  /**
   * @param {Sample} sample
   * @param {number} now
   */
  #climb({ available }, now) {
    if (this.cap === this.most) {
      this.wait = GREEN_MS;
      return;
    }
    const { cap, silent } = this;
    const carried = BOLD * ((available ?? Infinity) - SOUND);
    if (silent) this.silent = false;
    else if (cap) this.cap = Math.round(Math.max(cap, Math.min(this.most, 2 * cap, carried)));
    else if (carried >= BOLD * LEAST) this.cap = LEAST;
    if (cap === this.cap && silent === this.silent) return;
    this.climbedAt = now;
    this.#changed(now);
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

/** A small picture that somebody chose takes so much; bit/s. */
const SMALL_CAP = 100_000;

/**
 * What is sent under a limit that a person has set.
 * @param {Ladder} ladder
 * @param {Rung} limit
 * @returns {{ rung: Rung, cap: number }}
 */
export function under(ladder, limit) {
  const rung = leaner(ladder.rung, limit);
  if (rung === "audio" || rung === "text") return { rung, cap: 0 };
  return { rung, cap: rung === "small" ? Math.min(ladder.cap, SMALL_CAP) : ladder.cap };
}

/** Below this the picture moves less often; bit/s. */
const SLOW = 60_000;

/**
 * What a sender may put on the line; sound goes before the picture.
 * @param {string} kind
 * @param {{ rung: Rung, cap: number }} sent
 * @param {boolean} [begun] the first picture is out; before, it is small
 * @returns {RTCRtpEncodingParameters}
 */
export function encodingFor(kind, { rung, cap }, begun = true) {
  if (kind === "audio") {
    const maxBitrate = rung === "video" ? 32_000 : 18_000;
    return { active: rung !== "text", maxBitrate, priority: "high", networkPriority: "high" };
  }
  const isFull = cap >= FULL_SIZE;
  return {
    active: cap > 0,
    maxBitrate: cap || LEAST,
    maxFramerate: isFull ? 15 : cap >= SLOW ? 12 : 7,
    scaleResolutionDownBy: !begun ? 4 : isFull ? 1 : 2,
  };
}
