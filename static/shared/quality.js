// What `getStats` says about a call: one of three words for people, and figures for the ladder.

/**
 * @typedef {"good" | "fair" | "poor"} Quality
 * @typedef {{ concealed: number, samples: number, delay: number, emitted: number }} SoundCounts
 * @typedef {{ bytes: number, media: number, concealed: number, judged: Quality | null }} Reading
 *   all bytes that came, and those of picture and sound; of the last interval's sound the share made up,
 *   0 to 1; `judged` is null while no sound came
 * @typedef {{ available: number | null, lost: number, trip: number }} Way what goes out: bit/s that
 *   the browser thinks fit (null: not known), share of packets lost, 0 to 1, round trip in seconds
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
 * Read what came in on a connection.
 * @param {RTCPeerConnection} connection
 * @returns {Promise<Reading>}
 */
export async function readQuality(connection) {
  let all = 0;
  let talk = 0;
  let media = 0;
  const now = { concealed: 0, samples: 0, delay: 0, emitted: 0 };
  (await connection.getStats()).forEach((stat) => {
    if (stat.type === "transport") all += stat.bytesReceived || 0;
    if (stat.type === "data-channel") talk += stat.bytesReceived || 0;
    if (stat.type !== "inbound-rtp") return;
    media += stat.bytesReceived || 0;
    if (stat.kind === "audio") addSound(now, stat);
  });
  // Not every browser counts the transport's bytes.
  const bytes = Math.max(all, media + talk);
  const then = before.get(connection) || { concealed: 0, samples: 0, delay: 0, emitted: 0 };
  before.set(connection, now);
  const samples = now.samples - then.samples;
  const emitted = now.emitted - then.emitted;
  if (samples <= 0 || emitted <= 0) return { bytes, media, concealed: 0, judged: null };
  const concealed = (now.concealed - then.concealed) / samples;
  const delay = (now.delay - then.delay) / emitted;
  return { bytes, media, concealed, judged: judge(concealed, delay) };
}

/**
 * Read how the way out is doing; asked often, so of one sender only.
 * @param {RTCRtpSender} sender
 * @returns {Promise<Way>}
 */
export async function readWay(sender) {
  const way = /** @type {Way} */ ({ available: null, lost: 0, trip: 0 });
  (await sender.getStats()).forEach((stat) => {
    if (stat.type === "candidate-pair" && stat.nominated) {
      way.available = stat.availableOutgoingBitrate ?? way.available;
      way.trip = Math.max(way.trip, stat.currentRoundTripTime || 0);
    }
    if (stat.type !== "remote-inbound-rtp") return;
    way.lost = Math.max(way.lost, stat.fractionLost || 0);
    way.trip = Math.max(way.trip, stat.roundTripTime || 0);
  });
  return way;
}

/** What each packet takes on a link beside what is in it: the heads of UDP, IP and Ethernet; bits. */
const HEADS = 8 * (8 + 20 + 14);

/**
 * Read how much came in; asked often, so of the sound's receiver only.
 * @param {RTCPeerConnection} connection
 * @returns {Promise<(import("./sound_line.js").Came & { at: number }) | null>} `at` is when that was, ms;
 *   null while there is none
 */
export async function readCame(connection) {
  const receiver = connection.getReceivers().find(({ track }) => track.kind === "audio");
  let sound = null;
  let bits = 0;
  (await receiver?.getStats())?.forEach((stat) => {
    if (stat.type === "inbound-rtp") sound = soundOf(stat);
    if (stat.type === "candidate-pair" && stat.nominated) {
      bits = 8 * (stat.bytesReceived || 0) + HEADS * (stat.packetsReceived || 0);
    }
  });
  return sound && { .../** @type {ReturnType<typeof soundOf>} */ (sound), bits };
}

/** @param {any} stat */
function soundOf({ packetsReceived = 0, packetsLost = 0, jitterBufferEmittedCount = 0, jitterBufferDelay = 0, timestamp }) {
  const [packets, lost, emitted] = [packetsReceived, packetsLost, jitterBufferEmittedCount];
  return { packets, lost, emitted, waited: jitterBufferDelay, at: timestamp };
}

/**
 * Read what the own microphone gave; asked often, so of its sender only.
 * @param {RTCRtpSender} sender
 * @returns {Promise<import("./sound_line.js").Spoken & { level: number }>} `level` is how loud it is
 *   now, 0 to 1; where a browser does not count what the microphone gave, `lasted` stays 0
 */
export async function readSpoken(sender) {
  const spoken = { lasted: 0, level: 0, at: 0 };
  (await sender.getStats()).forEach((stat) => {
    if (stat.type !== "media-source") return;
    Object.assign(spoken, { lasted: stat.totalSamplesDuration || 0, level: stat.audioLevel || 0, at: stat.timestamp });
  });
  return spoken;
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

/**
 * Bound what a sender puts on the line, if it is not bounded so already: every change makes the
 * encoder start again, which costs the other person the picture for a moment.
 * @param {RTCRtpSender} sender
 * @param {RTCRtpEncodingParameters} wanted
 */
export async function boundSender(sender, wanted) {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings?.[0];
  if (!encoding) return; // nothing negotiated yet: the browser fills it in later
  const now = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (encoding));
  if (Object.entries(wanted).every(([name, value]) => now[name] === value)) return;
  Object.assign(encoding, wanted);
  // The ladder chooses the size; the browser's own choice would come back to the whole one late.
  Object.assign(parameters, { degradationPreference: "maintain-resolution" });
  await sender.setParameters(parameters).catch(() => {});
}
