// Which booth of the control room needs help first, and why.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MENDS, byTrouble, placesFor, reasonOf } from "../../static/organiser/trouble.js";

const tile = (booth_id, booth, ...states) => ({
  booth: { booth_id, waiting: 3, longest_since: 1_000, desks_working: 1, ...booth },
  desks: states.map((state, index) => ({
    desk_id: `${booth_id}-${index + 1}`, booth_id, state: state.state ?? state, since: 10 - index,
    idle_reason: state.reason ?? null, idle_booth_id: state.where ?? null,
  })),
});
const ids = (tiles) => [...tiles].sort(byTrouble).map(({ booth }) => booth.booth_id);

test("an idle desk with people waiting comes first, then the longest wait, then the number", () => {
  const tiles = [
    tile("b10", { waiting: 0, longest_since: null }, "ready"),
    tile("b9", { waiting: 0, longest_since: null }, "ready"),
    tile("b2", { longest_since: 500 }, "interviewing"),
    tile("b3", { longest_since: 900 }, { state: "ready", reason: "away" }),
    tile("b1", { longest_since: 400 }, "interviewing"),
  ];
  assert.deepEqual(ids(tiles), ["b3", "b1", "b2", "b9", "b10"]);
});

test("the reason is that of the desk that has been idle longest", () => {
  const found = reasonOf(tile("b1", {},
    { state: "ready", reason: "away" },
    { state: "ready", reason: "busy_elsewhere", where: "b3" }), "open");
  assert.equal(found?.desk?.desk_id, "b1-2");
  assert.equal(found?.key, "busy_elsewhere");
});

test("a fair that is not open is the reason, whoever stands first", () => {
  const idle = tile("b1", {}, { state: "ready", reason: "fair_not_open" });
  assert.equal(reasonOf(idle, "preparing")?.key, "preparing");
  assert.equal(reasonOf(idle, "paused")?.key, "paused");
  assert.equal(reasonOf(idle, "closed"), null);
});

test("a booth's own break is said before any desk's reason, and one tap mends it", () => {
  const resting = tile("b1", { paused: true }, { state: "ready", reason: "booth_paused" });
  assert.equal(reasonOf(resting, "open")?.key, "booth_paused");
  assert.equal(MENDS[reasonOf(resting, "open").key], "resume_booth");
  assert.equal(MENDS[reasonOf(resting, "paused").key], "open_fair");
});

test("people waiting at a booth where nobody works are told apart from a break", () => {
  assert.equal(reasonOf(tile("b1", { desks_working: 0 }, "closed"), "open")?.key, "no_recruiter");
  assert.equal(reasonOf(tile("b1", { desks_working: 0 }, "paused"), "open")?.key, "all_paused");
  assert.equal(reasonOf(tile("b1", { desks_working: 1 }, "interviewing"), "open"), null);
  assert.equal(reasonOf(tile("b1", { waiting: 0, desks_working: 0 }, "closed"), "open"), null);
});

test("the first in line being on deck elsewhere is a reason of its own", () => {
  const found = reasonOf(tile("b1", {}, { state: "ready", reason: "on_deck_elsewhere", where: "b3" }), "open");
  assert.equal(found?.key, "on_deck_elsewhere");
});

test("a ticket may be put before any other that waits, but not where it stands already", () => {
  const at = (position, state = "waiting") => ({ ticket_id: `t${position}`, position, state });
  const line = [{ ticket_id: "t9", position: 0, state: "called" }, at(1), at(2), at(3), at(4)];
  const places = (ticket) => placesFor(ticket, line).map(({ ticket_id }) => ticket_id);
  assert.deepEqual(places(at(2)), ["t1", "t4"]);
  assert.deepEqual(places(at(4)), ["t1", "t2", "t3"]);
  assert.deepEqual(places(line[0]), []);
});
