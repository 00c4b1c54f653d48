// What `getStats` says about a call, as one of three words, and how much a sender may send.

/**
 * @typedef {"good" | "fair" | "poor"} Quality
 * @typedef {{ concealed: number, samples: number, delay: number, emitted: number }} SoundCounts
 * @typedef {{ lost: number, trip: number }} Sending what the other end says of our picture:
 *   share of packets lost, 0 to 1, and the round trip in seconds
 * @typedef {{ bytes: number, sending: Sending, judged: Quality | null }} Reading
 *   `judged` is null while no sound came
 */

/** Counters of the last reading of each connection: stats are sums since the start. */
const before = /** @type {WeakMap<RTCPeerConnection, SoundCounts>} */ (new WeakMap());

/**
 * Judge the sound of the last interval; concealed sound and its delay say most about a call.
 * @param {number} concealed share of samples made up because packets were missing, 0 to 1
 * @param {number} delay mean wait of the sound in the buffer; seconds
 * @returns {Quality}
 */
export function judge(concealed, delay) {
  if (concealed > 0.06 || delay > 0.4) return "poor";
  if (concealed > 0.015 || delay > 0.2) return "fair";
  return "good";
}

/**
 * Read what came in on a connection, and what the other end says of what went out.
 * @param {RTCPeerConnection} connection
 * @returns {Promise<Reading>}
 */
export async function readQuality(connection) {
  let bytes = 0;
  const now = { concealed: 0, samples: 0, delay: 0, emitted: 0 };
  const sending = { lost: 0, trip: 0 };
  (await connection.getStats()).forEach((stat) => {
    if (stat.type === "remote-inbound-rtp" && stat.kind === "video") {
      sending.lost = stat.fractionLost || 0;
      sending.trip = stat.roundTripTime || 0;
    }
    if (stat.type !== "inbound-rtp") return;
    bytes += stat.bytesReceived || 0;
    if (stat.kind === "audio") addSound(now, stat);
  });
  const then = before.get(connection) || { concealed: 0, samples: 0, delay: 0, emitted: 0 };
  before.set(connection, now);
  const samples = now.samples - then.samples;
  const emitted = now.emitted - then.emitted;
  const judged = samples > 0 && emitted > 0
    ? judge((now.concealed - then.concealed) / samples, (now.delay - then.delay) / emitted) : null;
  return { bytes, sending, judged };
}

/**
 * @param {SoundCounts} counts
 * @param {any} stat
 */
function addSound(counts, stat) {
  counts.concealed += stat.concealedSamples || 0;
  counts.samples += stat.totalSamplesReceived || 0;
  counts.delay += stat.jitterBufferDelay || 0;
  counts.emitted += stat.jitterBufferEmittedCount || 0;
}

/** Readings in a row that must agree before the word on the screen changes. */
const AGREE = 4;

/** The word for a call; it does not flicker. */
export class Verdict {
  constructor() {
    this.word = /** @type {Quality | null} */ (null);
    this.candidate = /** @type {Quality | null} */ (null);
    this.times = 0;
  }

  /** @param {Quality | null} judged */
  take(judged) {
    if (judged === null) return this.word;
    this.times = judged === this.candidate ? this.times + 1 : 1;
    this.candidate = judged;
    if (this.times >= AGREE) this.word = judged;
    return this.word;
  }
}

/** Lowest bit rate at which a small picture is still one; bit/s. */
const LOWEST = 60_000;
/** Loss and round trip from which a link is too full. */
const TOO_LOST = 0.1;
const TOO_LONG_S = 0.5;
/** Between two halvings, and how long all must be well before more is sent; ms. */
const HALVE_MS = 2_000;
const GROW_MS = 10_000;

/** How much picture an end sends: starts small, halves in trouble, grows after ten good seconds. */
export class Ladder {
  /**
   * @param {number} start bit/s
   * @param {number} most bit/s
   * @param {number} now ms
   */
  constructor(start, most, now) {
    this.cap = start;
    this.most = most;
    this.changedAt = now;
  }

  /**
   * @param {Sending} sending
   * @param {number} now ms
   * @returns {boolean} whether `cap` changed
   */
  take({ lost, trip }, now) {
    const cap = this.cap;
    const since = now - this.changedAt;
    if (lost > TOO_LOST || trip > TOO_LONG_S) {
      if (since < HALVE_MS) return false;
      this.cap = Math.max(LOWEST, cap / 2);
      this.changedAt = now;
    } else if (since >= GROW_MS) {
      this.cap = Math.min(this.most, cap * 1.5);
      this.changedAt = now;
    }
    return this.cap !== cap;
  }
}

/** Below this the picture is sent at half its size; bit/s. */
const HALF_SIZE = 150_000;

/**
 * What a sender may put on the line; sound goes before the picture.
 * @param {number | null} videoCap bit/s, or null for sound
 * @returns {RTCRtpEncodingParameters}
 */
export function encodingFor(videoCap) {
  if (videoCap === null) return { priority: "high", networkPriority: "high" };
  const small = videoCap < HALF_SIZE;
  return {
    maxBitrate: videoCap, maxFramerate: small ? 12 : 15, scaleResolutionDownBy: small ? 2 : 1,
  };
}

/**
 * Bound what a sender puts on the line, if it is not bounded so already: every change makes the
 * encoder start again, which costs the other person the picture for a moment.
 * @param {RTCRtpSender} sender
 * @param {number | null} videoCap bit/s, or null for sound
 */
export async function capSender(sender, videoCap) {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings?.[0];
  if (!encoding) return; // nothing negotiated yet: the browser fills it in later
  const wanted = Object.entries(encodingFor(videoCap));
  const now = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (encoding));
  if (wanted.every(([name, value]) => now[name] === value)) return;
  Object.assign(encoding, Object.fromEntries(wanted));
  await sender.setParameters(parameters).catch(() => {});
}
