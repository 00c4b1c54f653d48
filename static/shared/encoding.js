// What a sender puts on the line for a rung of the ladder.
import { LEAST, leaner } from "./ladder.js";

/**
 * @typedef {import("./ladder.js").Ladder} Ladder
 * @typedef {import("./ladder.js").Rung} Rung
 */

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
const SLOW = 30_000;

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
  const isFull = rung === "video";
  return {
    active: cap > 0,
    maxBitrate: cap || LEAST,
    maxFramerate: isFull ? 15 : cap >= SLOW ? 12 : 7,
    scaleResolutionDownBy: !begun ? 4 : isFull ? 1 : 2,
  };
}
