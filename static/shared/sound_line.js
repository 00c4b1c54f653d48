// The sound's way: how late it comes in, and how a sender makes it fresh again.

/**
 * @typedef {{ packets: number, lost: number, emitted: number, bits: number, waited: number }} Came
 *   counters of what came in: packets of sound, packets of it that never will, samples played of them;
 *   bits of everything, as the link counts them; how long all those samples waited, seconds
 * @typedef {{ lasted: number, at: number }} Spoken how much sound the microphone gave so far, seconds,
 *   and when that was; ms
 */

/** Samples of sound in a millisecond: WebRTC's Opus has 48,000 a second. */
const SAMPLES_MS = 48;
/** What one packet may hold; ms. */
const PIECES = [10, 20, 40, 60];
/** So many samples must have been played before the length of a packet is known. */
const ENOUGH = 24_000;
/** Of what comes later from look to look so much is the clock's grain; ms. */
const GRAIN_MS = 8;
/** A queue that does not grow by this is being emptied: what does not come back was never there, as
 * when a microphone lost time; ms, and so much of it is let go at each look, ms. */
const STANDS_MS = 25;
const LET_GO_MS = 15;
/** Nor is one a queue that stands for so long, whatever little is sent: sound is late for good; ms. */
const MOST_STANDS_MS = 8_000;
/** So much later than before, in two looks at least, and the link has a queue; ms. A computer whose looks
 * come late themselves is late with all, by so much more. */
const QUEUE_MS = 90;
const RUN = 2;
const LOOK_MS = 100;
/** How fast the memory of a late look fades, a look. */
const LATE_FADE = 0.9;
/** So much comes from look to look where a picture or sound does; bits. Sound may wait behind a picture
 * for so many looks, and who sends none for so many has stopped. */
const MEDIA = 3_000;
const MOST_SILENT = 4;
const STOPPED = 10;
/** What a link carries is counted over so much of the time before a queue is heard, and in it; ms. */
const BEFORE_MS = 200;
const WITHIN_MS = 500;
/** The last moment of a queue, in looks. */
const MOMENT = 2;
/** Sound that waits longer than this in the buffer is worth a cut; seconds. */
const LATE_S = 0.12;
/** All must have been well for so long: a cut into a queue that still stands helps nobody; ms. */
const CALM_MS = 300;

/**
 * Hears a queue on the way in grow, long before anything is lost, and stand: each packet holds so
 * many milliseconds of sound, and fewer of them come than time goes by. A stop in which nothing comes is
 * a busy computer or a dead link, which are others' business.
 */
export class Arrivals {
  constructor() {
    this.before = /** @type {(Came & { at: number }) | null} */ (null);
    /** By how much sound comes later than it did, ms, and in how many looks that grew. */
    this.behind = 0;
    this.grown = 0;
    this.silent = 0;
    this.queues = false;
    /** By how much the looks come late; ms. */
    this.restless = 0;
    /** The last looks: a full link says how much it carries. */
    this.counted = /** @type {{ bits: number, at: number }[]} */ ([]);
    /** What comes through the queue, at its end what came in its last moment; bit/s, else 0. */
    this.carries = 0;
    /** When there last was a queue, and since when; ms. */
    this.queuedAt = -Infinity;
    this.since = -Infinity;
    /** The mean wait of the sound played since the last look; seconds. */
    this.late = 0;
  }

  /**
   * @param {Came} came
   * @param {number} now ms
   * @returns {boolean} whether there is a queue on the way in
   */
  take(came, now) {
    const { before } = this;
    this.before = { ...came, at: now };
    const piece = pieceOf(came);
    if (!before || !piece) return false;
    this.restless = Math.max(LATE_FADE * this.restless, now - before.at - LOOK_MS);
    const emitted = came.emitted - before.emitted;
    if (emitted > 0) this.late = (came.waited - before.waited) / emitted;
    const packets = came.packets + came.lost - before.packets - before.lost;
    this.silent = packets > 0 ? 0 : this.silent + 1;
    const isMedia = came.bits - before.bits > MEDIA && this.silent <= MOST_SILENT;
    if (packets > 0 || isMedia) this.#grow(now - before.at - packets * piece);
    else if (this.silent >= STOPPED) this.behind = 0;
    const queued = this.queues;
    this.queues = queued ? this.behind > QUEUE_MS
      : this.behind > QUEUE_MS + this.restless && this.grown >= RUN;
    if (this.queues) this.queuedAt = now;
    if (!queued) this.since = now;
    else if (now - this.since > MOST_STANDS_MS) this.behind = 0;
    this.#count({ bits: came.bits, at: now }, queued);
    return this.queues;
  }

  /**
   * Let go what no link held up: the other end's microphone missed so much.
   * @param {number} missed ms
   * @returns {boolean} whether there is no queue
   */
  excuse(missed) {
    this.behind = Math.max(0, this.behind - missed);
    this.queues &&= this.behind > QUEUE_MS;
    return !this.queues;
  }

  /** Whether a queue that is over has left the sound late. @param {number} now ms */
  isStale(now) {
    return this.late > LATE_S && !this.queues && now - this.queuedAt >= CALM_MS;
  }

  /** @param {number} growth ms */
  #grow(growth) {
    const least = this.queues ? (growth > STANDS_MS ? 0 : LET_GO_MS) : GRAIN_MS;
    this.behind = Math.max(0, this.behind + growth - least);
    if (!this.behind) this.grown = 0;
    else if (growth > GRAIN_MS) this.grown += 1;
  }

  /**
   * @param {{ bits: number, at: number }} look
   * @param {boolean} queued whether there was a queue before this look
   */
  #count(look, queued) {
    const { counted, queues } = this;
    counted.push(look);
    while (look.at - counted[0].at > (queues ? WITHIN_MS : BEFORE_MS)) counted.shift();
    const moment = counted[Math.max(0, counted.length - 1 - MOMENT)];
    this.carries = queues ? rate(counted[0], look) : queued ? rate(moment, look) : 0;
  }
}

/**
 * @param {{ bits: number, at: number }} first
 * @param {{ bits: number, at: number }} last
 * @returns {number} bit/s
 */
const rate = (first, last) => Math.round((1000 * (last.bits - first.bits)) / Math.max(1, last.at - first.at));

/** The milliseconds of sound in one packet, or 0 while that is not known. @param {Came} came */
function pieceOf({ packets, emitted }) {
  if (emitted < ENOUGH || packets <= 0) return 0;
  const mean = emitted / SAMPLES_MS / packets;
  return PIECES.reduce((best, one) => (Math.abs(one - mean) < Math.abs(best - mean) ? one : best));
}

/** What was missed is told in steps of so much; what was caught up with is let go so slowly, a look; ms. */
const MISSED_MS = 40;
const CAUGHT_UP_MS = 2;
/** Over so long its share is counted; ms. */
const SHARE_MS = 2_000;

/**
 * What the own microphone missed: a computer that has too much to do loses sound before it is sent, and
 * what comes late by that is no queue.
 */
export class Microphone {
  constructor() {
    this.before = /** @type {Spoken | null} */ (null);
    this.still = 0;
    this.sum = 0;
    /** Since the beginning, in steps; it never gets less; ms. */
    this.missed = 0;
    /** The share of the last seconds that was missed, 0 to 1. */
    this.share = 0;
  }

  /**
   * @param {Spoken} spoken
   * @returns {boolean} whether `missed` is another
   */
  take(spoken) {
    const { before } = this;
    this.before = spoken.lasted ? spoken : null; // not every browser counts it
    this.still = spoken.lasted === before?.lasted ? this.still + 1 : 0;
    // Another microphone counts from its own beginning; one that gives nothing is off, not busy.
    if (!before || spoken.lasted < before.lasted || this.still >= STOPPED) return false;
    const time = spoken.at - before.at;
    const missed = time - 1_000 * (spoken.lasted - before.lasted);
    this.share = Math.max(0, this.share + (missed - time * this.share) / SHARE_MS);
    this.sum += missed;
    if (this.sum < this.missed) this.sum = Math.min(this.missed, this.sum + CAUGHT_UP_MS);
    if (this.sum - this.missed < MISSED_MS) return false;
    this.missed = Math.round(this.sum);
    return true;
  }
}

/** Between two cuts; ms. */
const AGAIN_MS = 4_000;
/** So much softer than a moment ago is a pause of speech, which is waited for so long; ms. */
const PAUSE = 0.25;
const PATIENCE_MS = 1_000;
/** How fast the memory of the loudest moment fades, a look. */
const FADE = 0.92;

/**
 * Says when to make the sound fresh. A buffer that has grown in a bad moment stays large for half a
 * minute, and two people talk past each other all that time.
 */
export class Freshener {
  /** @param {number} now ms */
  constructor(now) {
    this.loudest = 0;
    this.doneAt = now;
    this.dueAt = /** @type {number | null} */ (null);
  }

  /**
   * @param {{ isDue: boolean, level: number }} sample whether the other end hears us late; how loud
   *   our sound is, 0 to 1
   * @param {number} now ms
   * @returns {boolean}
   */
  take({ isDue, level }, now) {
    this.loudest = Math.max(level, this.loudest * FADE);
    this.dueAt = isDue && now - this.doneAt >= AGAIN_MS ? this.dueAt ?? now : null;
    if (this.dueAt === null) return false;
    if (level > PAUSE * this.loudest && now - this.dueAt < PATIENCE_MS) return false;
    this.doneAt = now;
    this.dueAt = null;
    return true;
  }
}

/** The codec that stands in for a moment, and how long: four or five small packets. */
const OTHER = "audio/PCMU";
const OWN = "audio/opus";
const MOMENT_MS = 90;
/** What the other codec takes; bit/s. */
const OTHER_BITS = 64_000;

/**
 * Make the other end throw away the sound that waits in its buffer, and with it how long it thinks it
 * has to wait: receivers begin afresh when the kind of sound changes (WebRTC's NetEq flushes its
 * buffer and its delay's history when the payload type changes). So it changes, and back.
 * @param {RTCRtpSender} sender
 * @returns {Promise<void>} nothing happens where a browser cannot change it without a new offer
 */
export async function freshen(sender) {
  const { codecs, encodings } = sender.getParameters();
  const bits = encodings?.[0]?.maxBitrate;
  const has = (/** @type {string} */ name) => codecs.some(({ mimeType }) => mimeType === name);
  if (!bits || !has(OTHER) || !has(OWN)) return;
  await use(sender, OTHER, OTHER_BITS);
  await new Promise((resolve) => setTimeout(resolve, MOMENT_MS));
  await use(sender, OWN, bits);
}

/**
 * @param {RTCRtpSender} sender
 * @param {string} name
 * @param {number} maxBitrate bit/s
 */
async function use(sender, name, maxBitrate) {
  const parameters = sender.getParameters();
  const codec = parameters.codecs.find(({ mimeType }) => mimeType === name);
  Object.assign(parameters.encodings[0], { codec, maxBitrate });
  await sender.setParameters(parameters);
}
