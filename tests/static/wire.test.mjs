// The client's half of the contract, driven by hand: no socket, no clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  OPEN_MS, PROBE_MS, SILENCE_MS, Wire, returnAfter,
} from "../../static/shared/wire.js";

function newWire(views = ["me"]) {
  let count = 0;
  return new Wire(views, () => `id${(count += 1)}`, () => "vi");
}

const frames = (wire) => wire.takeOutput().map((text) => JSON.parse(text));
const hear = (wire, message, now = 0) => wire.received(JSON.stringify(message), now);

/** A wire whose hello is answered and whose first snapshot has come. */
function liveWire(views = ["me"], seq = 5) {
  const wire = newWire(views);
  wire.opened(0);
  const [hello] = frames(wire);
  hear(wire, { type: "ok", id: hello.id, result: { now: 1_000, heartbeat_s: 20 } });
  for (const view of views) hear(wire, { type: "snapshot", view, seq, cells: { a: 1, b: 2 } });
  wire.takeEvents();
  return wire;
}

const cellsOf = (wire, view = "me") =>
  wire.takeEvents().filter((event) => event.kind === "cells" && event.view === view).map(({ cells }) => cells);

test("the first hello asks for every view from the start", () => {
  const wire = newWire(["me", "hall"]);
  wire.opened(0);
  const [hello] = frames(wire);
  assert.equal(hello.type, "hello");
  assert.deepEqual(hello.views, { me: null, hall: null });
  assert.equal(hello.language, "vi");
});

test("a snapshot replaces all cells and they cannot be written to", () => {
  const wire = liveWire();
  hear(wire, { type: "snapshot", view: "me", seq: 9, cells: { c: 3 } });
  const [cells] = cellsOf(wire);
  assert.deepEqual(cells, { c: 3 });
  assert.ok(Object.isFrozen(cells));
});

test("a delta that continues what is held sets and drops cells in a new record", () => {
  const wire = liveWire();
  const before = wire.views.get("me").cells;
  hear(wire, { type: "delta", view: "me", from: 5, seq: 6, set: { a: 7 }, drop: ["b"] });
  const [cells] = cellsOf(wire);
  assert.deepEqual(cells, { a: 7 });
  assert.deepEqual(before, { a: 1, b: 2 });
});

test("a patch changes some fields of a cell, in a new record, and twice is as once", () => {
  const wire = liveWire();
  hear(wire, { type: "snapshot", view: "me", seq: 5, cells: { a: { x: 1, y: 2 } } });
  const before = wire.views.get("me").cells;
  const delta = { type: "delta", view: "me", from: 5, seq: 6, patch: { a: { y: 3 } } };
  hear(wire, delta);
  hear(wire, delta);
  assert.deepEqual(cellsOf(wire).at(-1), { a: { x: 1, y: 3 } });
  assert.deepEqual(before, { a: { x: 1, y: 2 } });
});

test("a patch of a cell that is not held asks for the view from the start", () => {
  const wire = liveWire(["me", "hall"]);
  hear(wire, { type: "delta", view: "me", from: 5, seq: 6, patch: { never: { y: 3 } } });
  assert.deepEqual(frames(wire)[0].views, { me: null, hall: 5 });
  assert.deepEqual(cellsOf(wire), []);
});

test("the same delta twice changes nothing, and an older one is passed over", () => {
  const wire = liveWire();
  const delta = { type: "delta", view: "me", from: 5, seq: 8, set: { a: 7 } };
  hear(wire, delta);
  hear(wire, delta);
  hear(wire, { type: "delta", view: "me", from: 4, seq: 6, set: { a: 0 } });
  assert.deepEqual(cellsOf(wire).at(-1), { a: 7, b: 2 });
  assert.equal(wire.views.get("me").seq, 8);
});

test("a gap asks once for that view from the start and keeps the old cells on the screen", () => {
  const wire = liveWire(["me", "hall"]);
  hear(wire, { type: "delta", view: "me", from: 7, seq: 8, set: { a: 0 } });
  hear(wire, { type: "delta", view: "me", from: 8, seq: 9, set: { a: 0 } });
  const hellos = frames(wire);
  assert.equal(hellos.length, 1);
  assert.deepEqual(hellos[0].views, { me: null, hall: 5 });
  assert.deepEqual(cellsOf(wire), []);
  hear(wire, { type: "snapshot", view: "me", seq: 9, cells: { a: 9 } });
  assert.deepEqual(cellsOf(wire), [{ a: 9 }]);
});

test("a reconnect resumes every view from the seq it holds", () => {
  const wire = liveWire(["me"], 41);
  wire.closed();
  wire.opened(10);
  assert.deepEqual(frames(wire)[0].views, { me: 41 });
});

test("a command waits for the hello and is sent once it is answered", () => {
  const wire = newWire();
  const id = wire.send("join", { booth_id: "b01" });
  wire.opened(0);
  const [hello, ...others] = frames(wire);
  assert.deepEqual(others, []);
  hear(wire, { type: "ok", id: hello.id, result: { now: 1 } });
  assert.deepEqual(frames(wire), [{ type: "join", id, booth_id: "b01" }]);
});

test("a command without an answer is sent again with the same id after a reconnect", () => {
  const wire = liveWire();
  const id = wire.send("accept", { ticket_id: "t1" });
  frames(wire);
  wire.closed();
  wire.opened(10);
  const [hello] = frames(wire);
  hear(wire, { type: "ok", id: hello.id, result: { now: 1 } });
  assert.deepEqual(frames(wire), [{ type: "accept", id, ticket_id: "t1" }]);
  hear(wire, { type: "ok", id, seq: 6, result: { done: true } });
  const answers = wire.takeEvents().filter(({ kind }) => kind === "answer");
  assert.deepEqual(answers, [{ kind: "answer", id, result: { done: true } }]);
  assert.equal(wire.pending.size, 0);
});

test("a refusal carries its code, sentence, hint and detail", () => {
  const wire = liveWire();
  const id = wire.send("join", { booth_id: "b01" });
  hear(wire, { type: "error", id, code: "join_limit", message: "Đủ rồi", hint: "Rời một hàng" });
  assert.deepEqual(wire.takeEvents(), [{
    kind: "refusal", id,
    error: { code: "join_limit", message: "Đủ rồi", hint: "Rời một hàng", detail: {} },
  }]);
});

test("a refused hello turns the client away; a refused later one does not", () => {
  const wire = newWire();
  wire.opened(0);
  const [hello] = frames(wire);
  hear(wire, { type: "error", id: hello.id, code: "not_signed_in", message: "" });
  assert.equal(wire.takeEvents()[0].kind, "turned_away");
  const live = liveWire();
  live.watch("control");
  const [again] = frames(live);
  hear(live, { type: "error", id: again.id, code: "not_permitted", message: "" });
  assert.deepEqual(live.takeEvents(), []);
});

test("a view watched later comes by another hello, and unwatching says so", () => {
  const wire = liveWire();
  wire.watch("hall");
  assert.deepEqual(frames(wire)[0].views, { me: 5, hall: null });
  wire.unwatch("hall");
  assert.deepEqual(frames(wire)[0].views, ["hall"]);
  hear(wire, { type: "delta", view: "hall", from: 5, seq: 6, set: { x: 1 } });
  assert.deepEqual(cellsOf(wire, "hall"), []);
});

test("a view watched while the hello travels is asked for when it is answered", () => {
  const wire = newWire();
  wire.opened(0);
  const [hello] = frames(wire);
  wire.watch("hall");
  hear(wire, { type: "ok", id: hello.id, result: { now: 1 } });
  assert.deepEqual(frames(wire)[0].views, { me: null, hall: null });
});

test("a silence asks for a sign of life, and its absence is death", () => {
  const wire = liveWire();
  wire.tick(SILENCE_MS - 1);
  assert.deepEqual(frames(wire), []);
  wire.tick(SILENCE_MS);
  assert.equal(frames(wire)[0].type, "ping");
  wire.tick(SILENCE_MS * 1.5 - 1);
  assert.deepEqual(wire.takeEvents(), []);
  wire.tick(SILENCE_MS * 1.5);
  assert.deepEqual(wire.takeEvents(), [{ kind: "dead" }]);
});

test("any frame is a sign of life", () => {
  const wire = liveWire();
  wire.tick(SILENCE_MS);
  hear(wire, { type: "store", state: "ok" }, SILENCE_MS + 5);
  wire.takeEvents();
  wire.tick(SILENCE_MS * 1.5);
  assert.deepEqual(wire.takeEvents(), []);
});

test("after a sleep the answer has to come soon", () => {
  const wire = liveWire();
  wire.probe(90_000, PROBE_MS);
  assert.equal(frames(wire)[0].type, "ping");
  wire.tick(90_000 + PROBE_MS);
  assert.deepEqual(wire.takeEvents(), [{ kind: "dead" }]);
});

test("a hello that is never answered is death too", () => {
  const wire = newWire();
  wire.opened(0);
  wire.tick(OPEN_MS);
  assert.deepEqual(wire.takeEvents(), [{ kind: "dead" }]);
});

test("a socket that never opens is given up, sooner after a sleep", () => {
  const wire = newWire();
  wire.opening(0);
  wire.tick(OPEN_MS - 1);
  assert.deepEqual(wire.takeEvents(), []);
  wire.tick(OPEN_MS);
  assert.deepEqual(wire.takeEvents(), [{ kind: "dead" }]);
  wire.closed();
  wire.opening(20_000);
  wire.probe(21_000, PROBE_MS);
  assert.deepEqual(frames(wire), []);
  wire.tick(21_000 + PROBE_MS);
  assert.deepEqual(wire.takeEvents(), [{ kind: "dead" }]);
});

test("the server says after which silence a sign of life is asked for", () => {
  const wire = newWire();
  wire.opened(0);
  const [hello] = frames(wire);
  hear(wire, { type: "ok", id: hello.id, result: { now: 1_000, heartbeat_s: 4 } });
  wire.tick(4_000);
  assert.equal(frames(wire)[0].type, "ping");
  wire.takeEvents();
  wire.tick(6_000);
  assert.deepEqual(wire.takeEvents(), [{ kind: "dead" }]);
});

test("the pong of a ping tells the server's time", () => {
  const wire = liveWire();
  wire.probe(100, PROBE_MS);
  const [ping] = frames(wire);
  hear(wire, { type: "ok", id: ping.id, result: { now: 77 } });
  assert.deepEqual(wire.takeEvents(), [{ kind: "time", now: 77 }]);
});

test("close codes say whether and when to come back", () => {
  const half = () => 0.5;
  assert.equal(returnAfter(4400, 0, half), null);
  assert.equal(returnAfter(4401, 0, half), null);
  assert.equal(returnAfter(4409, 0, half), null);
  assert.equal(returnAfter(4008, 0, half), 0);
  assert.equal(returnAfter(1012, 0, half), 1_000);
  assert.equal(returnAfter(4429, 0, half), 11_000);
});

test("the back-off grows with full jitter and stays between 0.3 and 15 seconds", () => {
  assert.equal(returnAfter(1006, 0, () => 0), 300);
  assert.equal(returnAfter(1006, 3, () => 1), 4_800);
  assert.equal(returnAfter(1006, 50, () => 1), 15_000);
  assert.equal(returnAfter(1012, 9, () => 1), 15_000);
});

/** A wire that holds two views of one stream, and has lost its socket. */
function wireOf(incarnation) {
  const wire = newWire(["me", "hall"]);
  wire.opened(0);
  const [hello] = frames(wire);
  hear(wire, { type: "ok", id: hello.id, result: { now: 1_000, heartbeat_s: 20, incarnation } });
  for (const view of ["me", "hall"]) hear(wire, { type: "snapshot", view, seq: 5, cells: { a: 1 }, incarnation });
  wire.takeEvents();
  wire.closed();
  return wire;
}

/** The frames that follow the answer to the next hello. */
function greetedAgain(wire, incarnation) {
  wire.opened(0);
  const [hello] = frames(wire);
  assert.deepEqual(hello.views, { me: 5, hall: 5 });
  hear(wire, { type: "ok", id: hello.id, result: { now: 1_000, heartbeat_s: 20, incarnation } });
  return frames(wire);
}

test("numbers of a store that was set up anew mean nothing: everything is asked for whole", () => {
  const wire = wireOf("one");
  wire.send("join", { booth_id: "b1" });
  const [join, hello] = greetedAgain(wire, "two");
  assert.equal(join.type, "join");
  assert.deepEqual(hello.views, { me: null, hall: null });
  // What was sent by the old number is passed over; the snapshot counts.
  hear(wire, { type: "delta", view: "me", from: 5, seq: 7, set: { b: 2 } });
  assert.deepEqual(cellsOf(wire), []);
  hear(wire, { type: "snapshot", view: "me", seq: 7, cells: { c: 3 }, incarnation: "two" });
  assert.deepEqual(cellsOf(wire), [{ c: 3 }]);
  wire.closed();
  wire.opened(0);
  const [again] = frames(wire);
  hear(wire, { type: "ok", id: again.id, result: { now: 1_000, heartbeat_s: 20, incarnation: "two" } });
  assert.deepEqual(frames(wire).map(({ type }) => type), ["join"]);
});

test("the same stream, or a server that names none, resumes from the numbers held", () => {
  assert.deepEqual(greetedAgain(wireOf("one"), "one"), []);
  assert.deepEqual(greetedAgain(wireOf("one"), undefined), []);
  assert.deepEqual(greetedAgain(wireOf("one"), ""), []);
  assert.deepEqual(greetedAgain(wireOf(undefined), "one"), []);
});

test("a snapshot of another stream on the same socket counts for the next hello", () => {
  const wire = wireOf("one");
  greetedAgain(wire, "one");
  for (const view of ["me", "hall"]) hear(wire, { type: "snapshot", view, seq: 5, cells: {}, incarnation: "two" });
  wire.closed();
  assert.deepEqual(greetedAgain(wire, "two"), []);
});
