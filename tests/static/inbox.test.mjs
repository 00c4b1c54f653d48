// Which signals an end of a room takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Inbox, MOST_EARLY } from "../../static/shared/inbox.js";

const NAMED = { epoch: 4, peer: "p-desk" };
/** A signal of the end that the room names; `changes` make it another's. */
const of = (changes = {}) => ({ epoch: 4, peer: "p-desk", kind: "candidate", ...changes });

test("a signal of the end and the epoch that the room names is taken", () => {
  const inbox = new Inbox();
  assert.equal(inbox.takes(of(), NAMED, 4), true);
  assert.equal(inbox.dropped, 0);
});

test("of any other page, and of an epoch that is over, nothing is taken or kept", () => {
  const inbox = new Inbox();
  for (const kind of ["offer", "answer", "candidate", "talk"]) {
    assert.equal(inbox.takes(of({ kind, peer: "p-stranger" }), NAMED, 4), false);
    assert.equal(inbox.takes(of({ kind, peer: "" }), NAMED, 4), false);
    assert.equal(inbox.takes(of({ kind, epoch: 3 }), NAMED, 4), false);
    assert.equal(inbox.takes(of({ kind }), { epoch: 4, peer: "" }, 4), false, "nobody is named");
  }
  assert.equal(inbox.dropped, 16);
  assert.deepEqual(inbox.early, []);
});

test("a signal before its cell waits for it, and goes to that connection only", () => {
  const inbox = new Inbox();
  const early = [of({ epoch: 5, kind: "offer" }), of({ epoch: 5 }), of({ epoch: 5, peer: "p-stranger" }), of({ epoch: 7 })];
  early.forEach((one) => assert.equal(inbox.takes(one, NAMED, 4), false));
  assert.deepEqual(inbox.release({ epoch: 5, peer: "p-desk" }), early.slice(0, 2));
  assert.equal(inbox.dropped, 1);
  assert.deepEqual(inbox.release({ epoch: 6, peer: "p-desk" }), []);
  assert.deepEqual(inbox.release({ epoch: 7, peer: "p-desk" }), [early[3]]);
});

test("a signal of the room's epoch waits until this end has its connection", () => {
  const inbox = new Inbox();
  assert.equal(inbox.takes(of({ kind: "offer" }), NAMED, 3), false);
  assert.equal(inbox.takes(of(), NAMED, 0), false);
  assert.equal(inbox.release(NAMED).length, 2);
});

test("no flood of signals for later fills the page", () => {
  const inbox = new Inbox();
  for (let index = 0; index < MOST_EARLY + 10; index += 1) inbox.takes(of({ epoch: 5 + index }), NAMED, 4);
  assert.equal(inbox.early.length, MOST_EARLY);
  assert.equal(inbox.dropped, 10);
});
