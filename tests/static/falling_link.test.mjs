// What the rules of the pages lead to on a link that falls and rises: whole calls, simulated.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call } from "./line.mjs";

const GOOD = 2_000_000;

/** Calls of cameras with little and with much to send, a minute old on a good link. */
function calls() {
  const found = [];
  for (const content of [350_000, 1_200_000]) {
    for (const seed of [1, 2, 3]) {
      const call = new Call({ content, seed });
      call.run(60, GOOD);
      found.push(call);
    }
  }
  return found;
}

const caps = ({ phone, desk }) => [phone.ladder.cap, desk.ladder.cap];

test("on a good link both pictures have all that they may, and nobody waits", () => {
  for (const call of calls()) {
    assert.deepEqual(caps(call), [600_000, 800_000]);
    for (const end of call.run(10, GOOD)) assert.ok(end.delay < 60 && !end.madeUp, JSON.stringify(end));
  }
});

test("a link that falls to 200 kbit/s is empty again within four seconds, and stays so", () => {
  for (const call of calls()) {
    for (const end of call.run(20, 200_000)) {
      assert.ok(end.fullAt < 4, JSON.stringify(end));
      assert.ok(end.delay < 140 && end.madeUp < 0.05, JSON.stringify(end));
    }
    for (const cap of caps(call)) assert.ok(cap >= 40_000 && cap + 58_000 < 200_000, String(cap));
  }
});

test("a link that falls on to 80 kbit/s is left to sound, which comes in time", () => {
  for (const call of calls()) {
    call.run(20, 200_000);
    const ends = call.run(20, 80_000);
    assert.deepEqual(caps(call), [0, 0]);
    for (const end of ends) assert.ok(end.delay < 140 && end.madeUp < 0.06, JSON.stringify(end));
  }
});

test("back on a good link the pictures have their full size within fifteen seconds", () => {
  for (const call of calls()) {
    call.run(20, 200_000);
    call.run(20, 80_000);
    call.run(15, GOOD);
    for (const end of [call.phone, call.desk]) assert.equal(end.ladder.rung, "video");
  }
});

test("who only sends more than the link carries sends less; the other's picture comes back", () => {
  for (const call of calls()) {
    call.run(15, 200_000, GOOD);
    assert.equal(call.phone.ladder.rung, "small");
    call.run(25, 200_000, GOOD);
    assert.equal(call.desk.ladder.rung, "video");
  }
});

test("computers that stand still again and again lose no picture, and have it all when they are well", () => {
  for (const call of calls()) {
    for (let times = 0; times < 60; times += 1) {
      for (const end of [call.phone, call.desk]) end.standStill(call.now, 100 + ((times * 37) % 150));
      call.run(1, GOOD);
      for (const cap of caps(call)) assert.ok(cap >= 40_000, `${cap} after ${times} s`);
    }
    call.run(45, GOOD);
    assert.deepEqual(caps(call), [600_000, 800_000]);
  }
});

test("a computer that stands still for a moment costs nobody the picture", () => {
  for (const call of calls()) {
    for (let times = 0; times < 5; times += 1) {
      call.phone.standStill(call.now, 150);
      call.run(3, GOOD);
    }
    assert.deepEqual(caps(call), [600_000, 800_000]);
  }
});

/** Microphones that lose more than a tenth of their sound, in pieces. */
function busy(call, seconds, rate) {
  const found = [];
  for (let part = 0; part < 2 * seconds; part += 1) {
    call.phone.loseSound(call.now, 40 + 20 * (part % 3));
    call.desk.loseSound(call.now, 40 + 20 * ((part + 1) % 3));
    found.push(call.run(0.5, rate));
  }
  return found;
}

test("computers too busy for their microphones keep the picture on a good link", () => {
  for (const call of calls()) {
    busy(call, 40, GOOD);
    assert.deepEqual(caps(call), [600_000, 800_000]);
  }
});

test("and on a link that falls they send less all the same", () => {
  for (const call of calls()) {
    busy(call, 10, GOOD);
    const late = busy(call, 15, 200_000).slice(10);
    for (const end of late.flat()) assert.ok(end.delay < 250, JSON.stringify(end));
    for (const cap of caps(call)) assert.ok(cap + 58_000 < 200_000, String(cap));
  }
});
