// What is remembered of a link that was full.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FullLink } from "../../static/shared/full_link.js";
import { Ladder } from "../../static/shared/ladder.js";

const FINE = { available: 2_000_000, lost: 0, trip: 0.05, concealed: 0 };
const FULL = { ...FINE, queues: true, carries: 200_000 };

/** Take the same sample every 200 ms; gives the time at the end. */
function live(ladder, sample, from, seconds) {
  const until = from + seconds * 1000;
  for (let now = from; now <= until; now += 200) ladder.take(sample, now);
  return until;
}

test("a full link is remembered for twenty seconds, an ample one for ten", () => {
  for (const [carries, seconds] of [[200_000, 20], [400_000, 10]]) {
    const link = new FullLink();
    assert.equal(link.isKnown(0), false);
    link.hear(carries, 600_000, 1_000);
    assert.equal(link.isKnown(1_000 + seconds * 1000 - 1), true);
    assert.equal(link.isKnown(1_000 + seconds * 1000), false);
  }
});

test("the picture takes half of what sound leaves over, and less where that is little", () => {
  for (const [carries, part] of [[200_000, 60_000], [450_000, 200_000]]) {
    const link = new FullLink();
    link.hear(carries, 600_000, 0);
    assert.equal(link.part, part);
  }
});

test("a part that was too much is smaller the next time", () => {
  const link = new FullLink();
  link.hear(200_000, 600_000, 0);
  link.taken(2_000);
  link.hear(200_000, 600_000, 3_000);
  assert.equal(link.part, 36_000);
  link.hear(200_000, 600_000, 9_000);
  assert.equal(link.part, 36_000, "a later queue is not its fault");
});

test("the picture goes at once to what empties the link, and to nothing where only sound fits", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  assert.equal(ladder.take(FULL, 200), true);
  assert.equal(ladder.cap, 60_000);
  ladder.take({ ...FULL, carries: 80_000 }, 300);
  assert.equal(ladder.cap, 20_000, "a queue alone takes no picture away");
  ladder.take({ ...FULL, carries: 80_000, available: 110_000 }, 400);
  assert.deepEqual([ladder.rung, ladder.cap], ["audio", 0]);
});

test("what comes through here stands for the way out until the other end has spoken", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  ladder.take({ ...FULL, carries: 0, like: 300_000 }, 200);
  assert.equal(ladder.cap, 125_000);
  ladder.take({ ...FULL, carries: 200_000, like: 300_000 }, 300);
  assert.equal(ladder.cap, 60_000);
});

test("nothing is tried beyond a link's measure while that is known, and gently afterwards", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  const calm = { ...FINE, available: 210_000 };
  let now = live(ladder, FULL, 200, 1);
  now = live(ladder, calm, now + 200, 19);
  assert.equal(ladder.cap, 60_000);
  now = live(ladder, calm, now, 1.4);
  assert.ok(ladder.cap > 60_000 && ladder.cap <= 120_000, String(ladder.cap));
  live(ladder, calm, now, 20);
  assert.ok(ladder.cap < 130_000, "a small picture, whatever the browser thinks");
});

test("a queue that went in a burst was none: the picture has all it had", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  const now = live(ladder, FULL, 200, 1);
  ladder.take({ ...FINE, carries: 390_000 }, now + 100);
  assert.equal(ladder.cap, 60_000, "that fast a full link may be");
  ladder.take({ ...FINE, carries: 500_000 }, now + 200);
  assert.equal(ladder.cap, 600_000);
});

test("a queue that was gone before anybody can have emptied it was none, once in a while", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  const capAfter = (now, seconds) => {
    live(ladder, FINE, live(ladder, FULL, now, seconds) + 100, 0);
    return ladder.cap;
  };
  assert.equal(capAfter(1_000, 0.2), 600_000);
  assert.equal(capAfter(5_000, 0.2), 60_000, "again, and soon");
  live(ladder, FINE, 6_000, 40);
  assert.equal(capAfter(60_000, 0.6), 60_000, "it stood");
});

test("a browser that thinks less of a link that was full is believed", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  let now = live(ladder, FULL, 200, 1);
  now = live(ladder, { ...FINE, available: 80_000 }, now + 2_000, 1);
  assert.ok(ladder.cap < 60_000, String(ladder.cap));
  now = live(ladder, FINE, now, 10);
  assert.ok(ladder.cap < 60_000, "and the old measure does not bring it back");
});

test("as much as is sent comes through a computer that is late: it is not to send less and less", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  let now = live(ladder, { ...FULL, carries: 350_000 }, 200, 0.6);
  assert.equal(ladder.cap, 150_000);
  now = live(ladder, { ...FULL, carries: 350_000 }, now + 200, 1.2);
  now = live(ladder, { ...FULL, carries: 195_000 }, now + 200, 5);
  assert.equal(ladder.cap, 150_000, "the same queue, and later ones");
  now = live(ladder, FINE, now, 2);
  now = live(ladder, { ...FULL, carries: 195_000 }, now, 5);
  assert.equal(ladder.cap, 150_000);
  live(ladder, { ...FULL, carries: 130_000 }, now + 200, 0);
  assert.equal(ladder.cap, 32_000, "less than is sent");
});

test("a moment that was no full link costs no waiting either", () => {
  const ladder = new Ladder(300_000, 600_000, 0);
  let now = live(ladder, { ...FINE, available: 150_000 }, 200, 2);
  const { badAt } = ladder;
  assert.ok(badAt > 0);
  now = live(ladder, FINE, now, 5);
  ladder.take(FULL, now + 200);
  assert.ok(ladder.badAt > now);
  ladder.take({ ...FINE, carries: 900_000 }, now + 300);
  assert.equal(ladder.badAt, badAt);
});

test("a queue that was none leaves what was known before it", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  let now = live(ladder, FULL, 200, 2);
  now = live(ladder, FINE, now, 3);
  assert.equal(ladder.cap, 60_000);
  ladder.take({ ...FULL, carries: 50_000 }, now + 100);
  assert.ok(ladder.cap < 60_000, String(ladder.cap));
  ladder.take(FINE, now + 200);
  assert.deepEqual([ladder.cap, ladder.full.carries], [60_000, 200_000]);
});

test("a queue that stands on when only sound goes out was one", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  const low = { ...FULL, carries: 70_000, available: 80_000 };
  const now = live(ladder, low, 200, 1.4);
  assert.equal(ladder.rung, "audio");
  ladder.take({ ...FINE, available: 80_000 }, now + 100);
  assert.equal(ladder.rung, "audio");
});

test("another connection may be another link", () => {
  const ladder = new Ladder(600_000, 600_000, 0);
  ladder.take(FULL, 200);
  ladder.restart(400);
  live(ladder, FINE, 400, 14);
  assert.equal(ladder.cap, 600_000);
});
