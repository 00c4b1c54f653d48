// What `getStats` says about a call, as one of three words, and how much a sender may send.

/**
 * @typedef {"good" | "fair" | "poor"} Quality
 * @typedef {{ concealed: number, samples: number, delay: number, emitted: number }} SoundCounts
 * @typedef {{ bytes: number, quality: (last: Quality | null) => Quality | null }} Reading
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
  let bytes = 0;
  const now = { concealed: 0, samples: 0, delay: 0, emitted: 0 };
  (await connection.getStats()).forEach((stat) => {
    if (stat.type !== "inbound-rtp") return;
    bytes += stat.bytesReceived || 0;
    if (stat.kind !== "audio") return;
    now.concealed += stat.concealedSamples || 0;
    now.samples += stat.totalSamplesReceived || 0;
    now.delay += stat.jitterBufferDelay || 0;
    now.emitted += stat.jitterBufferEmittedCount || 0;
  });
  const then = before.get(connection) || { concealed: 0, samples: 0, delay: 0, emitted: 0 };
  before.set(connection, now);
  const samples = now.samples - then.samples;
  const emitted = now.emitted - then.emitted;
  return {
    bytes,
    quality: (last) => samples > 0 && emitted > 0
      ? judge((now.concealed - then.concealed) / samples, (now.delay - then.delay) / emitted)
      : last,
  };
}

/**
 * Bound what a sender puts on the line; sound goes before the picture.
 * @param {RTCRtpSender} sender
 * @param {number | null} videoCap bit/s, or null for sound
 */
export async function capSender(sender, videoCap) {
  const parameters = sender.getParameters();
  const encoding = parameters.encodings?.[0];
  if (!encoding) return; // nothing negotiated yet: the browser fills it in later
  if (videoCap === null) {
    encoding.priority = "high";
    encoding.networkPriority = "high";
  } else {
    encoding.maxBitrate = videoCap;
    encoding.maxFramerate = 15;
  }
  await sender.setParameters(parameters).catch(() => {});
}
