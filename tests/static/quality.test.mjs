// How a call is judged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ladder, Verdict, judge, readQuality } from "../../static/shared/quality.js";

/** A connection as far as its statistics go. */
const statsOf = (...readings) => ({
  getStats: async () => new Map(readings.shift().map((stat, index) => [String(index), stat])),
});
const sound = (bytesReceived, totalSamplesReceived, concealedSamples, delay) => ({
  type: "inbound-rtp", kind: "audio", bytesReceived, totalSamplesReceived, concealedSamples,
  jitterBufferDelay: delay, jitterBufferEmittedCount: totalSamplesReceived,
});

test("concealed sound and its delay make a call fair or poor", () => {
  assert.equal(judge(0, 0.05), "good");
  assert.equal(judge(0.02, 0.05), "fair");
  assert.equal(judge(0, 0.25), "fair");
  assert.equal(judge(0.1, 0.05), "poor");
  assert.equal(judge(0, 0.6), "poor");
});

test("a call is judged by its last interval, not by its past", async () => {
  const connection = statsOf([sound(100, 1000, 900, 50)], [sound(200, 2000, 900, 100)]);
  assert.equal((await readQuality(connection)).judged, "poor");
  assert.equal((await readQuality(connection)).judged, "good");
});

test("without new sound nothing is judged, and bytes of all media are added up", async () => {
  const video = { type: "inbound-rtp", kind: "video", bytesReceived: 700 };
  const seen = await readQuality(statsOf([video, sound(300, 0, 0, 0)]));
  assert.equal(seen.bytes, 1000);
  assert.equal(seen.judged, null);
});

test("what the other end says of the picture is read", async () => {
  const report = { type: "remote-inbound-rtp", kind: "video", fractionLost: 0.2, roundTripTime: 0.3 };
  const { sending } = await readQuality(statsOf([report]));
  assert.deepEqual(sending, { lost: 0.2, trip: 0.3 });
});

test("the word changes only when four readings in a row agree", () => {
  const verdict = new Verdict();
  const words = ["good", "good", "poor", "good", "good", "good", "good", null, "poor"];
  assert.deepEqual(words.map((word) => verdict.take(word)),
    [null, null, null, null, null, null, "good", "good", "good"]);
});

test("a full link halves the picture, not faster than every two seconds, down to a floor", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  const full = { lost: 0.3, trip: 0.1 };
  assert.equal(ladder.take(full, 1_000), false);
  assert.equal(ladder.take(full, 2_000), true);
  assert.equal(ladder.cap, 150_000);
  [4_000, 6_000, 8_000].forEach((now) => ladder.take({ lost: 0, trip: 0.9 }, now));
  assert.equal(ladder.cap, 60_000);
});

test("the picture grows after ten good seconds, up to its most", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  const fine = { lost: 0.01, trip: 0.05 };
  assert.equal(ladder.take(fine, 9_999), false);
  assert.equal(ladder.take(fine, 10_000), true);
  assert.equal(ladder.cap, 450_000);
  ladder.take(fine, 20_000);
  ladder.take(fine, 30_000);
  assert.equal(ladder.cap, 600_000);
});
