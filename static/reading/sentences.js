// What is worth hearing: the ten sentences that matter, from what the page knows.
import { milestone } from "../candidate/wait.js";

/**
 * @typedef {import("./pieces.js").Sentence} Sentence
 * @typedef {{ ticketId: string, state: string, booth: number, desk: number | null, ahead: number,
 *   low: number | null, high: number | null, misses: number }} Turn the nearest first
 * @typedef {{ number: number, isPaused: boolean, isOffline: boolean, turns: Turn[] }} Scene
 */

/**
 * @param {string} key
 * @param {Record<string, number>} [params]
 * @returns {Sentence}
 */
const say = (key, params = {}) => ({ key: `read.say.${key}`, params });

/** At a desk, or on the way to it. */
const AT_DESK = new Set(["called", "connecting", "interviewing"]);

/**
 * Everything that holds now, for somebody who asks.
 * @param {Scene} scene
 */
export function sayAll({ number, isPaused, isOffline, turns }) {
  const [nearest] = turns;
  return [
    ...(number ? [say("number", { number })] : []),
    ...(nearest ? sayTurn(nearest) : []),
    ...(isPaused ? [say("paused")] : []),
    ...(isOffline ? [say("reconnecting")] : []),
  ];
}

/** @param {Turn} turn */
function sayTurn(turn) {
  if (AT_DESK.has(turn.state)) return sayCall(turn);
  if (turn.state === "on_deck") return [say("on_deck"), say("booth", { booth: turn.booth })];
  if (turn.state === "waiting") return [...sayPlace(turn), ...sayRange(turn)];
  return turn.state === "done" ? [say("done")] : [];
}

/** @param {Turn} turn */
function sayPlace({ booth, ahead }) {
  return [ahead ? say("place", { booth, n: ahead }) : say("next", { booth })];
}

/** @param {Turn} turn */
function sayRange({ low, high }) {
  return low === null || high === null ? [] : [say("range", { low, high })];
}

/** @param {Turn} turn */
function sayCall({ booth, desk }) {
  return [say("called"), say("booth", { booth }), ...(desk === null ? [] : [say("desk", { desk })])];
}

/**
 * What has become different, for somebody who listens: few words, and none twice.
 * @param {Scene} before
 * @param {Scene} now
 * @returns {Sentence[]}
 */
export function sayChange(before, now) {
  const old = new Map(before.turns.map((turn) => [turn.ticketId, turn]));
  return [
    ...now.turns.flatMap((turn) => sayNews(old.get(turn.ticketId), turn)),
    ...(now.isPaused && !before.isPaused ? [say("paused")] : []),
    ...(now.isOffline && !before.isOffline ? [say("reconnecting")] : []),
  ];
}

/**
 * @param {Turn | undefined} before
 * @param {Turn} now
 * @returns {Sentence[]}
 */
function sayNews(before, now) {
  if (now.misses > (before?.misses ?? now.misses)) return [say("missed")];
  if (now.state === before?.state) {
    const step = milestone(now.ahead);
    const isStep = now.state === "waiting" && (step !== milestone(before.ahead) || now.ahead === 0)
      && now.ahead < before.ahead;
    return isStep ? sayTurn(now) : [];
  }
  if (AT_DESK.has(now.state)) return AT_DESK.has(before?.state ?? "") ? [] : sayCall(now);
  if (now.state === "on_deck") return sayTurn(now);
  return now.state === "done" && before ? [say("done")] : [];
}
