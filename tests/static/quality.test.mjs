// How a call is judged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, readQuality } from "../../static/shared/quality.js";

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
  assert.equal((await readQuality(connection)).quality(null), "poor");
  assert.equal((await readQuality(connection)).quality("poor"), "good");
});

test("without new sound the last word stands, and bytes of all media are added up", async () => {
  const video = { type: "inbound-rtp", kind: "video", bytesReceived: 700 };
  const seen = await readQuality(statsOf([video, sound(300, 0, 0, 0)]));
  assert.equal(seen.bytes, 1000);
  assert.equal(seen.quality("fair"), "fair");
});
