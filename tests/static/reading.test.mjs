// Reading aloud: what is said when, numbers as they are spoken, and a recording for every piece.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { numberPieces, piecesOf } from "../../static/reading/pieces.js";
import { sayAll, sayChange } from "../../static/reading/sentences.js";

const FOLDER = join(import.meta.dirname, "../../static/reading");
const words = JSON.parse(readFileSync(join(FOLDER, "words/vi.json"), "utf8"));
const recordings = readdirSync(join(FOLDER, "voice"));

const aloud = (n) => numberPieces(n).map((piece) => words[`read.${piece.replace(/-0$/, "")}`]).join(" ");
const turn = (changes) => ({
  ticketId: "t1", state: "waiting", booth: 7, desk: null, ahead: 4, low: 12, high: 20, misses: 0, ...changes,
});
const scene = (changes, one = {}) => ({
  number: 123, isPaused: false, isOffline: false, turns: [turn(one)], ...changes,
});
const keys = (sentences) => sentences.map(({ key }) => key.replace("read.say.", ""));

test("numbers are said as in Viet Nam", () => {
  const said = {
    0: "không", 5: "năm", 10: "mười", 11: "mười một", 15: "mười lăm", 20: "hai mươi", 21: "hai mươi mốt",
    25: "hai mươi lăm", 100: "một trăm", 101: "một trăm linh một", 115: "một trăm mười lăm",
    123: "một trăm hai mươi ba", 1000: "một nghìn", 1005: "một nghìn không trăm linh năm",
    1200: "một nghìn hai trăm", 12345: "mười hai nghìn ba trăm bốn mươi lăm",
  };
  for (const [n, text] of Object.entries(said)) assert.equal(aloud(Number(n)), text);
});

test("every piece of every sentence and number is recorded, small, and nothing else is", () => {
  const wanted = new Set(["0", "10", "tens", "one", "five", "odd", "hundred", "thousand"]
    .concat(["1", "2", "3", "4", "5", "6", "7", "8", "9"]).map((word) => `n.${word}-0`));
  for (const key of Object.keys(words).filter((name) => name.startsWith("read.say."))) {
    const params = Object.fromEntries([...words[key].matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, 0]));
    piecesOf({ key, params }, words[key]).forEach((piece) => wanted.add(piece));
  }
  assert.deepEqual(recordings.sort(), [...wanted].map((piece) => `${piece}.mp3`).sort());
  for (const file of recordings) assert.ok(statSync(join(FOLDER, "voice", file)).size <= 15_000, file);
});

test("who asks hears number, place and range", () => {
  assert.deepEqual(keys(sayAll(scene())), ["number", "place", "range"]);
  assert.deepEqual(keys(sayAll(scene({}, { ahead: 0, low: null, high: null }))), ["number", "next"]);
  assert.deepEqual(keys(sayAll(scene({ isPaused: true, isOffline: true, turns: [] }))),
    ["number", "paused", "reconnecting"]);
  assert.deepEqual(keys(sayAll(scene({}, { state: "called", desk: 2 }))), ["number", "called", "booth", "desk"]);
});

test("who listens hears only what has changed, and that once", () => {
  assert.deepEqual(sayChange(scene(), scene()), []);
  const heard = (one, before = {}) => keys(sayChange(scene({}, before), scene({}, one)));
  assert.deepEqual(heard({ state: "on_deck" }), ["on_deck", "booth"]);
  assert.deepEqual(heard({ state: "called", desk: 2 }), ["called", "booth", "desk"]);
  assert.deepEqual(heard({ state: "connecting", desk: 2 }, { state: "on_deck" }), ["called", "booth", "desk"]);
  assert.deepEqual(heard({ state: "connecting", desk: 2 }, { state: "called", desk: 2 }), []);
  assert.deepEqual(heard({ state: "interviewing" }, { state: "connecting" }), []);
  assert.deepEqual(heard({ misses: 1 }, { state: "called" }), ["missed"]);
  assert.deepEqual(heard({ state: "done" }, { state: "interviewing" }), ["done"]);
  assert.deepEqual(keys(sayChange(scene(), scene({ isPaused: true }))), ["paused"]);
  assert.deepEqual(keys(sayChange(scene(), scene({ isOffline: true }))), ["reconnecting"]);
});

test("the place is said at few steps only, and never when it grows", () => {
  const heard = (ahead, before) => keys(sayChange(scene({}, { ahead: before }), scene({}, { ahead })));
  assert.deepEqual(heard(8, 9), []);
  assert.deepEqual(heard(5, 6), ["place", "range"]);
  assert.deepEqual(heard(6, 5), []);
  assert.deepEqual(heard(0, 1), ["next", "range"]);
});
