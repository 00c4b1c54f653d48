// How a call is judged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Verdict, boundSender, judge, readCame, readQuality, readSpoken, readWay } from "../../static/shared/quality.js";

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

test("the transport's count stands for all bytes where the browser has one", async () => {
  const parts = [{ type: "transport", bytesReceived: 900 }, { type: "data-channel", bytesReceived: 50 }];
  const { bytes, media } = await readQuality(statsOf([...parts, sound(300, 0, 0, 0)]));
  assert.deepEqual([bytes, media], [900, 300]);
});

test("of the way out the worst report counts, and the path in use", async () => {
  const sender = statsOf([
    { type: "candidate-pair", nominated: false, availableOutgoingBitrate: 9 },
    { type: "candidate-pair", nominated: true, availableOutgoingBitrate: 170_000, currentRoundTripTime: 0.1 },
    { type: "remote-inbound-rtp", fractionLost: 0.2, roundTripTime: 0.3 },
    { type: "remote-inbound-rtp", fractionLost: 0, roundTripTime: 0.2 },
  ]);
  assert.deepEqual(await readWay(sender), { available: 170_000, lost: 0.2, trip: 0.3 });
});

test("a sender that is bounded so already is left alone", async () => {
  const changes = [];
  const sender = {
    encoding: { active: true, maxBitrate: 1 },
    getParameters: () => ({ encodings: [sender.encoding] }),
    setParameters: async ({ encodings }) => changes.push((sender.encoding = encodings[0])),
  };
  await boundSender(sender, { active: true, maxBitrate: 2 });
  await boundSender(sender, { active: true, maxBitrate: 2 });
  assert.deepEqual(changes, [{ active: true, maxBitrate: 2 }]);
});

test("of what came in the sound's packets are counted, those lost too, and all bits as a link counts them", async () => {
  const stat = {
    type: "inbound-rtp", packetsReceived: 7, packetsLost: 2, jitterBufferEmittedCount: 5, jitterBufferDelay: 3, timestamp: 9,
  };
  const pairs = [
    { type: "candidate-pair", nominated: true, bytesReceived: 1_000, packetsReceived: 10 },
    { type: "candidate-pair", nominated: false, bytesReceived: 500, packetsReceived: 5 },
  ];
  const of = (...stats) => ({
    getReceivers: () => [{ track: { kind: "video" } }, { track: { kind: "audio" }, ...statsOf(stats) }],
  });
  const bits = 8 * (1_000 + 10 * 42);
  assert.deepEqual(await readCame(of(stat, ...pairs)), { packets: 7, lost: 2, emitted: 5, waited: 3, at: 9, bits });
  assert.equal((await readCame(of(stat))).bits, 0, "a browser that does not say so");
  assert.equal(await readCame({ getReceivers: () => [] }), null);
});

test("how loud the own sound is, and how much of it there was", async () => {
  const source = { type: "media-source", audioLevel: 0.3, totalSamplesDuration: 7.5, timestamp: 900 };
  assert.deepEqual(await readSpoken(statsOf([source])), { lasted: 7.5, level: 0.3, at: 900 });
  assert.deepEqual(await readSpoken(statsOf([{ type: "codec" }])), { lasted: 0, level: 0, at: 0 });
});

test("the word changes only when four readings in a row agree", () => {
  const verdict = new Verdict();
  const words = ["good", "good", "poor", "good", "good", "good", "good", null, "poor"];
  assert.deepEqual(words.map((word) => verdict.take(word)),
    [null, null, null, null, null, null, "good", "good", "good"]);
});
