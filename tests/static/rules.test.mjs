// The rules of a fair as the control room turns and reads them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KNOB, endOf, knobIndex } from "../../static/organiser/rules.js";

test("the knob goes from first come, first served to none had yet first", () => {
  assert.equal(KNOB[0], 0);
  assert.equal(KNOB.at(-1), 24 * 60);
  for (const [index, minutes] of KNOB.entries()) assert.equal(knobIndex(minutes), index);
  assert.equal(KNOB[knobIndex(12)], 10);
});

test("the end is a time of day on the day that the fair ended before", () => {
  const before = Date.parse("2026-11-25T11:30:00+07:00");
  assert.equal(endOf("12:15", before, "2020-01-01"), Date.parse("2026-11-25T12:15:00+07:00"));
  assert.equal(endOf("11:30", before, "2020-01-01"), before);
});

test("a fair without an end gets one on its day, and an empty time changes nothing", () => {
  assert.equal(endOf("11:30", null, "2026-11-25"), Date.parse("2026-11-25T11:30:00+07:00"));
  assert.equal(endOf("", null, "2026-11-25"), null);
});
