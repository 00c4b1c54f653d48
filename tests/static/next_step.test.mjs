// The next right thing at a desk, and the clock of an interview.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACTS, KEYS, OUTCOMES, OWN_KEYS, STEPS, nearestFirst, nextAt, stepOf, talked, ticketAt } from "../../static/booth/next_step.js";

const desk = (state, ticket_id = null) => ({ desk_id: "b1-1", booth_id: "b1", state, ticket_id });
const ticket = (fields) => ({
  ticket_id: "t1", state: "done", desk_id: "b1-1", outcome: "pending", room: null, since: 0,
  finished_at: 100, ...fields,
});

test("every step names acts that send a command", () => {
  for (const { primary, others } of Object.values(STEPS)) {
    for (const act of primary ? [primary, ...others] : others) assert.ok(ACTS[act], act);
  }
});

test("at every step each act has a key of its own, and none is that of another thing", () => {
  const always = [...Object.values(OWN_KEYS), KEYS.pause_booth, KEYS.publish, KEYS.second, ..."1234567"];
  for (const { primary, others } of Object.values(STEPS)) {
    const keys = (primary ? [primary, ...others] : others).map((act) => KEYS[act]);
    assert.ok(keys.every(Boolean));
    assert.equal(new Set([...keys, ...always]).size, keys.length + always.length);
  }
});

test("before the first cells nothing can be pressed", () => {
  assert.equal(stepOf(undefined, null, "online", false), "loading");
  assert.equal(STEPS.loading.primary, null);
});

test("a booth in the hall starts by hand, a booth by video by itself", () => {
  assert.equal(STEPS[stepOf(desk("calling"), null, "onsite", false)].primary, "start");
  assert.equal(STEPS[stepOf(desk("connecting"), null, "onsite", false)].primary, "start");
  assert.equal(STEPS[stepOf(desk("calling"), null, "online", false)].primary, null);
  assert.equal(STEPS[stepOf(desk("connecting"), null, "delegated", false)].primary, "finish");
});

test("wrap-up asks for the outcome until one is saved", () => {
  const wrapUp = desk("wrap_up");
  assert.equal(stepOf(wrapUp, ticket({}), "online", false), "outcome");
  assert.equal(stepOf(wrapUp, ticket({}), "online", true), "next");
  assert.equal(stepOf(wrapUp, ticket({ outcome: "hired" }), "online", false), "next");
  assert.equal(stepOf(wrapUp, null, "online", false), "next");
});

test("in wrap-up the person is the last one met at this very desk", () => {
  const tickets = [
    ticket({ ticket_id: "t1", finished_at: 100 }),
    ticket({ ticket_id: "t2", finished_at: 300, desk_id: "b1-2" }),
    ticket({ ticket_id: "t3", finished_at: 200 }),
  ];
  assert.equal(ticketAt(desk("wrap_up"), tickets)?.ticket_id, "t3");
  assert.equal(ticketAt(desk("ready"), tickets), null);
  assert.equal(ticketAt(desk("calling", "t1"), tickets)?.ticket_id, "t1");
});

test("a person handed over leaves no outcome to be chosen", () => {
  const moved = ticket({ state: "handed_over", outcome: null });
  assert.equal(ticketAt(desk("wrap_up"), [ticket({ finished_at: 50, ticket_id: "t0" }), moved]), moved);
  assert.equal(stepOf(desk("wrap_up"), moved, "online", false), "next");
});

test("on deck, who is ready comes before who was told earlier", () => {
  const [told, ready] = [ticket({ since: 1, ready: false }), ticket({ since: 2, ready: true })];
  assert.deepEqual([told, ready].sort(nearestFirst), [ready, told]);
});

test("the clock runs on from the time already talked and stands while a side is gone", () => {
  const room = { talk_ms: 5_000, talking_since: 10_000 };
  assert.equal(talked(ticket({ state: "interviewing", room }), 12_000), 7_000);
  const broken = { talk_ms: 5_000, talking_since: null };
  assert.equal(talked(ticket({ state: "interviewing", room: broken }), 12_000), 5_000);
  assert.equal(talked(ticket({ state: "done", room: null }), 12_000), 0);
});

test("there are seven outcomes for the keys 1 to 7", () => {
  assert.equal(OUTCOMES.length, 7);
  assert.equal(OUTCOMES[3], "not_suitable");
});

test("the desk that is free first makes the connection with the first who is ready", () => {
  const desks = [
    { desk_id: "a", state: "interviewing", since: 30 },
    { desk_id: "b", state: "interviewing", since: 10 },
    { desk_id: "c", state: "wrap_up", since: 90 },
    { desk_id: "d", state: "paused", since: 0 },
  ];
  const deck = [ticket({ ticket_id: "t7", ready: true }), ticket({ ticket_id: "t8", ready: true }),
    ticket({ ticket_id: "t9", ready: false })];
  const next = (deskId) => nextAt(deskId, desks, deck)?.ticket_id;
  assert.deepEqual(["a", "b", "c", "d"].map(next), [undefined, "t8", "t7", undefined]);
});
