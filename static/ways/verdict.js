// What a test against the echo came to, as the words to say. Pure: no page, no network.

/**
 * @typedef {{ connected: boolean, sentVideo: boolean, sentAudio: boolean, frames: number,
 *   heard: boolean, trip: number, lost: number, relayed: boolean }} Findings
 * `frames` of the own picture came back and were decoded; `heard`: the microphone took something
 * in; `trip` in seconds; `lost` is the larger share of packets lost of both directions, 0 to 1.
 * @typedef {"blocked" | "poor" | "fair" | "good"} NetworkWord
 * @typedef {{ network: NetworkWord, advice: string[] }} Verdict
 */

/** From where on a talk suffers, and from where on it is hard to follow. */
const LOST = { fair: 0.02, poor: 0.08 };
const TRIP_S = { fair: 0.25, poor: 0.5 };

/**
 * @param {Findings} found
 * @returns {Verdict} `advice` are keys, the most urgent first; empty when nothing need change
 */
export function judgeTest(found) {
  const { connected, sentVideo, sentAudio, frames, heard, trip, lost } = found;
  if (!connected) return { network: "blocked", advice: ["blocked"] };
  let network = /** @type {NetworkWord} */ ("good");
  if (lost > LOST.fair || trip > TRIP_S.fair) network = "fair";
  if (lost > LOST.poor || trip > TRIP_S.poor) network = "poor";
  const advice = [];
  if (network === "poor") advice.push(lost > LOST.poor ? "poor_lost" : "poor_slow");
  if (network === "fair") advice.push("fair");
  if (sentVideo && frames === 0) advice.push("no_picture_back");
  if (sentAudio && !heard) advice.push("too_quiet");
  if (!sentAudio) advice.push("no_sound");
  return { network, advice };
}
