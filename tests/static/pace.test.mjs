// How one end keeps pace with its link: what it hears, what it is told, what it does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Ladder } from "../../static/shared/ladder.js";
import { NOTHING, Pace } from "../../static/shared/pace.js";

const WAY = { available: 2_000_000, lost: 0, trip: 0 };

/** A pace that has heard a good line for a while, and a way to let it hear on: packets, bits, wait. */
function pacing() {
  const ladder = new Ladder(600_000, 600_000, 0);
  const pace = new Pace(ladder, 0);
  const came = { packets: 100, lost: 0, emitted: 96_000, bits: 0, waited: 0 };
  let now = 0;
  const hear = (packets, bits, wait = 0.04) => {
    now += 100;
    came.packets += packets;
    came.emitted += packets * 960;
    came.waited += packets * 960 * wait;
    came.bits += bits;
    return pace.heard({ ...came }, now);
  };
  hear(5, 40_000);
  return { ladder, pace, hear, now: () => now };
}

test("the other end hears at once of a queue and of its end, and how much came through", () => {
  const { pace, hear } = pacing();
  assert.equal(hear(5, 40_000), false);
  assert.deepEqual([hear(1, 20_000), hear(1, 20_000), hear(2, 20_000)], [false, true, false]);
  assert.deepEqual([pace.own.queues, pace.own.carries > 150_000], [true, true]);
  assert.deepEqual([hear(9, 20_000), hear(9, 20_000)], [false, true]);
  assert.equal(pace.own.queues, false);
});

test("what it hears lowers what it sends before the other end has said a word", () => {
  const { ladder, pace, hear, now } = pacing();
  [5, 1, 1, 1].forEach((packets) => hear(packets, 20_000));
  assert.equal(pace.queues, true);
  assert.equal(pace.sent(WAY, now()), true);
  assert.ok(ladder.cap < 100_000, String(ladder.cap));
});

test("what it is told does so as well", () => {
  const { ladder, pace } = pacing();
  pace.told({ ...NOTHING, queues: true, carries: 200_000 }, 400);
  assert.equal(pace.sent(WAY, 500), true);
  assert.equal(ladder.cap, 60_000);
});

test("an old figure of the round trip is not taken for a new one", () => {
  const { ladder, pace } = pacing();
  assert.equal(pace.sent({ ...WAY, trip: 0.9 }, 2_000), true);
  const { cap } = ladder;
  assert.equal(pace.sent({ ...WAY, trip: 0.9 }, 8_000), false);
  assert.equal(ladder.cap, cap);
  assert.equal(pace.sent({ ...WAY, trip: 0.8 }, 9_000), true);
});

test("sound is made fresh when the other end asks for it, in a pause", () => {
  const { pace } = pacing();
  assert.equal(pace.freshens(0, 10_000), false);
  pace.told({ ...NOTHING, stale: true }, 10_100);
  assert.equal(pace.freshens(0.5, 10_200), false);
  assert.equal(pace.freshens(0.01, 10_400), true);
});

/** A microphone that gave sound up to a moment, all but so much of it; ms. */
const spoken = (at, missed = 0) => ({ at, lasted: (at - missed) / 1000 });

test("what a microphone misses is told in steps, and what is caught up with is not", () => {
  const { pace } = pacing();
  assert.equal(pace.spoke(spoken(1_000), 1_000), false);
  assert.equal(pace.spoke(spoken(1_100, 30), 1_100), false);
  assert.equal(pace.spoke(spoken(1_200, 60), 1_200), true);
  assert.equal(pace.own.missed, 60);
  assert.equal(pace.spoke(spoken(1_300, 0), 1_300), false);
  assert.equal(pace.spoke(spoken(1_400, 60), 1_400), false);
  assert.equal(pace.own.missed, 60);
});

test("another microphone, one that is off and one that is not counted miss nothing", () => {
  const { pace } = pacing();
  pace.spoke(spoken(5_000), 5_000);
  assert.equal(pace.spoke({ at: 6_000, lasted: 0.1 }, 6_000), false);
  for (let at = 6_100; at < 9_000; at += 100) pace.spoke({ at, lasted: 0.1 }, at);
  const { missed } = pace.own;
  assert.ok(missed <= 1_000, String(missed));
  for (let at = 9_000; at < 12_000; at += 100) pace.spoke({ at, lasted: 0 }, at);
  assert.equal(pace.own.missed, missed);
});

test("sound that was lost before it was sent is no queue, at either end", () => {
  const { ladder, pace, hear, now } = pacing();
  hear(5, 40_000);
  [3, 3].forEach((packets) => hear(packets, 20_000));
  pace.told({ ...NOTHING, missed: 120 }, now());
  assert.equal(hear(3, 20_000), false);
  assert.equal(pace.own.queues, false);
  // Said too late, the queue was believed; it is forgotten, as often as that happens.
  for (const missed of [320, 620]) {
    [2, 1, 1].forEach((packets) => hear(packets, 20_000));
    assert.equal(pace.sent(WAY, now()), true);
    pace.told({ ...NOTHING, missed }, now());
    hear(5, 40_000);
    assert.equal(pace.sent(WAY, now()), true);
    assert.equal(ladder.cap, 600_000);
  }
});

test("what the other end makes up because our microphone missed it is no fault of the link's", () => {
  const { ladder, pace } = pacing();
  for (let at = 1_000; at < 9_000; at += 100) {
    pace.spoke(spoken(at, at / 5), at);
    pace.told({ ...NOTHING, concealed: 0.2 }, at);
    pace.sent(WAY, at);
  }
  assert.equal(ladder.cap, 600_000);
});
