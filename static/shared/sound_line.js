// The sound's way: how late it comes in, and how a sender makes it fresh again.

/**
 * @typedef {{ packets: number, lost: number, emitted: number }} Came
 *   counters of the sound that came in: packets, packets that never will, samples played of them
 */

/** Samples of sound in a millisecond: WebRTC's Opus has 48,000 a second. */
const SAMPLES_MS = 48;
/** What one packet may hold; ms. */
const PIECES = [10, 20, 40, 60];
/** So many samples must have been played before the length of a packet is known. */
const ENOUGH = 24_000;
/** A queue grows by this much between two looks, twice at least: less is the clock's grain; ms. */
const GROWTH_MS = 25;
const RUN = 2;
/** So much later than before, and the link has a queue; ms. */
const QUEUE_MS = 90;

/**
 * Hears a queue on the way in grow, long before anything is lost, and stand: each packet holds so
 * many milliseconds of sound, and fewer of them come than time goes by. A stop without any packet is
 * a busy computer or a dead link, which are others' business.
 */
export class Arrivals {
  constructor() {
    this.before = /** @type {(Came & { at: number }) | null} */ (null);
    /** By how much sound came later in each of the last looks, while it did; ms. */
    this.run = /** @type {number[]} */ ([]);
    /** The length of the queue; ms. */
    this.behind = 0;
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
    const packets = came.packets + came.lost - before.packets - before.lost;
    const growth = packets > 0 ? now - before.at - packets * piece : 0;
    if (growth > GROWTH_MS) this.#grows(growth);
    else this.run = [];
    if (growth < 0) this.behind = Math.max(0, this.behind + growth);
    return this.behind > QUEUE_MS;
  }

  /** @param {number} growth ms */
  #grows(growth) {
    this.run.push(growth);
    if (this.run.length === RUN) this.behind += this.run.reduce((sum, one) => sum + one);
    else if (this.run.length > RUN) this.behind += growth;
  }
}

/** The milliseconds of sound in one packet, or 0 while that is not known. @param {Came} came */
function pieceOf({ packets, emitted }) {
  if (emitted < ENOUGH || packets <= 0) return 0;
  const mean = emitted / SAMPLES_MS / packets;
  return PIECES.reduce((best, one) => (Math.abs(one - mean) < Math.abs(best - mean) ? one : best));
}

/** Sound that waits longer than this in the other end's buffer is worth a cut; seconds. */
const LATE_S = 0.12;
/** All must have been well for so long: a cut into a queue that still stands helps nobody; ms. */
const CALM_MS = 500;
/** Between two cuts; ms. */
const AGAIN_MS = 4_000;
/** So much softer than a moment ago is a pause of speech, which is waited for so long; ms. */
const PAUSE = 0.25;
const PATIENCE_MS = 1_000;
/** How fast the memory of the loudest moment fades, a look. */
const FADE = 0.85;

/**
 * Says when to make the sound fresh. A buffer that has grown in a bad moment stays large for half a
 * minute, and two people talk past each other all that time.
 */
export class Freshener {
  /** @param {number} now ms */
  constructor(now) {
    this.loudest = 0;
    this.doneAt = now;
    this.lateAt = /** @type {number | null} */ (null);
  }

  /**
   * @param {{ late: number, level: number, badAt: number }} sample how long our sound waits in the
   *   other end's buffer, seconds; how loud ours is, 0 to 1; when the way was last bad, ms
   * @param {number} now ms
   * @returns {boolean}
   */
  take({ late, level, badAt }, now) {
    this.loudest = Math.max(level, this.loudest * FADE);
    const isDue = late > LATE_S && now - badAt >= CALM_MS && now - this.doneAt >= AGAIN_MS;
    this.lateAt = isDue ? this.lateAt ?? now : null;
    if (this.lateAt === null) return false;
    if (level > PAUSE * this.loudest && now - this.lateAt < PATIENCE_MS) return false;
    this.doneAt = now;
    this.lateAt = null;
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
