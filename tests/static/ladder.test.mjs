// How much an end sends on a link that falls and rises.
import assert from "node:assert/strict";
import { test } from "node:test";
import { encodingFor, under } from "../../static/shared/encoding.js";
import { Ladder, leaner } from "../../static/shared/ladder.js";

const FINE = { available: 2_000_000, lost: 0, trip: 0.05, concealed: 0 };
const carries = (available, more = {}) => ({ ...FINE, available, ...more });

/** Take the same sample every 200 ms; gives the time at the end. */
function live(ladder, sample, from, seconds) {
  const until = from + seconds * 1000;
  for (let now = from; now <= until; now += 200) ladder.take(sample, now);
  return until;
}

test("a call starts small and grows after ten good seconds, up to its most", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  live(ladder, FINE, 0, 9.8);
  assert.equal(ladder.cap, 300_000);
  live(ladder, FINE, 10_000, 0);
  assert.equal(ladder.cap, 600_000);
  live(ladder, FINE, 10_200, 60);
  assert.equal(ladder.cap, 600_000);
});

test("the first guess of a browser about an untried link is no trouble", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  assert.equal(ladder.take(carries(300_000), 200), false);
});

test("a link that falls is answered by the very next look, with less than it carries", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  assert.equal(ladder.take(carries(170_000), 200), true);
  assert.equal(ladder.rung, "small");
  assert.ok(ladder.cap + 40_000 < 170_000);
});

test("loss and delay halve the picture, not all at once", () => {
  for (const sign of [{ lost: 0.3 }, { trip: 0.9 }]) {
    const ladder = new Ladder(300_000, 600_000, 0);
    live(ladder, { ...FINE, available: null, ...sign }, 2_000, 1);
    assert.equal(ladder.cap, 150_000, JSON.stringify(sign));
    live(ladder, { ...FINE, available: null, ...sign }, 3_200, 1);
    assert.equal(ladder.cap, 75_000, JSON.stringify(sign));
  }
});

test("a queue is answered before anything else says so, and emptied", () => {
  const ladder = new Ladder(400_000, 600_000, 0);
  assert.equal(ladder.take({ ...FINE, queues: true }, 200), true);
  assert.equal(ladder.cap, 100_000);
  live(ladder, { ...FINE, queues: true }, 400, 0.8);
  assert.equal(ladder.cap, 100_000);
  live(ladder, { ...FINE, queues: true }, 1_400, 0);
  assert.equal(ladder.cap, 25_000);
  const now = live(ladder, { ...FINE, queues: true }, 1_600, 5);
  assert.equal(ladder.cap, 20_000, "a queue alone takes nobody's picture away");
  live(ladder, FINE, now, 9);
  assert.equal(ladder.cap, 20_000);
});

test("sound made up for a moment is a busy phone, for two seconds it is the link", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  live(ladder, { ...FINE, concealed: 0.2 }, 200, 1.8);
  assert.equal(ladder.cap, 300_000);
  live(ladder, { ...FINE, concealed: 0.2 }, 2_200, 0);
  assert.equal(ladder.cap, 150_000);
});

test("a link that falls to eighty kbit/s is left to sound, and later tried with the least picture", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  let now = live(ladder, carries(68_000), 200, 9);
  assert.deepEqual([ladder.rung, ladder.cap], ["audio", 0]);
  now = live(ladder, carries(68_000), now, 1.2);
  assert.deepEqual([ladder.rung, ladder.cap], ["small", 20_000]);
  now = live(ladder, carries(30_000), now, 8);
  assert.equal(ladder.rung, "audio");
});

test("sound past hearing gives way to text, and is tried again", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  const deaf = carries(12_000, { concealed: 0.5 });
  let now = 200;
  while (ladder.rung !== "text") now = live(ladder, deaf, now, 0.2);
  assert.ok(now < 10_000);
  now = live(ladder, carries(80_000), now, 9.6);
  assert.equal(ladder.rung, "text");
  now = live(ladder, carries(80_000), now, 0.6);
  assert.equal(ladder.rung, "audio");
  while (ladder.rung !== "text") now = live(ladder, deaf, now, 0.2);
  live(ladder, carries(80_000), now, 14);
  assert.equal(ladder.rung, "text");
});

test("back on a good link the picture has its full size within thirty seconds", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  const now = live(ladder, carries(68_000), 200, 20);
  live(ladder, FINE, now, 19);
  assert.equal(ladder.rung, "video");
});

test("it grows into what the link carries and no further", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  live(ladder, carries(190_000), 200, 120);
  assert.equal(ladder.rung, "small");
  assert.ok(ladder.cap + 40_000 <= 190_000);
});

test("a picture that has its full size keeps it with somewhat less than it needs to get it", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  const rungs = [];
  for (const cap of [100_000, 80_000, 100_000, 140_000]) {
    ladder.cap = cap;
    rungs.push(ladder.rung);
  }
  assert.deepEqual(rungs, ["video", "small", "small", "video"]);
});

test("another connection begins on the rung of the last one", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  live(ladder, carries(170_000), 200, 9);
  const { cap } = ladder;
  ladder.restart(9_400);
  live(ladder, FINE, 9_400, 9.8);
  assert.equal(ladder.cap, cap);
});

test("a step up that fails makes the next one wait twice as long", () => {
  const ladder = new Ladder(100_000, 600_000, 0);
  live(ladder, FINE, 10_000, 0);
  assert.equal(ladder.cap, 200_000);
  live(ladder, carries(null, { lost: 0.3 }), 10_400, 0);
  assert.equal(ladder.cap, 100_000);
  live(ladder, FINE, 10_600, 14.6);
  assert.equal(ladder.cap, 100_000);
  live(ladder, FINE, 25_400, 0.4);
  assert.equal(ladder.cap, 200_000);
});

test("a person's choice is a limit, never a floor", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  assert.deepEqual(under(ladder, "video"), { rung: "video", cap: 300_000 });
  assert.deepEqual(under(ladder, "small"), { rung: "small", cap: 100_000 });
  assert.deepEqual(under(ladder, "audio"), { rung: "audio", cap: 0 });
  assert.equal(under(ladder, "text").rung, "text");
  ladder.take(carries(120_000), 200);
  assert.equal(under(ladder, "small").cap, ladder.cap);
  assert.equal(leaner("audio", "small"), "audio");
});

test("sound goes first; a small picture is half the size and moves less often", () => {
  assert.deepEqual(encodingFor("audio", { rung: "audio", cap: 0 }),
    { active: true, maxBitrate: 18_000, priority: "high", networkPriority: "high" });
  assert.equal(encodingFor("audio", { rung: "text", cap: 0 }).active, false);
  assert.equal(encodingFor("video", { rung: "audio", cap: 0 }).active, false);
  assert.deepEqual(encodingFor("video", { rung: "small", cap: 75_000 }),
    { active: true, maxBitrate: 75_000, maxFramerate: 12, scaleResolutionDownBy: 2 });
  assert.equal(encodingFor("video", { rung: "small", cap: 20_000 }).maxFramerate, 7);
  assert.equal(encodingFor("video", { rung: "video", cap: 300_000 }).scaleResolutionDownBy, 1);
});

test("the first picture is small on every rung, and as large as its rung when it is out", () => {
  for (const cap of [20_000, 300_000]) {
    const first = encodingFor("video", { rung: cap > 100_000 ? "video" : "small", cap }, false);
    assert.equal(first.scaleResolutionDownBy, 4);
    assert.equal(first.maxBitrate, cap);
  }
});
