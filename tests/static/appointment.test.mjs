// The times that a recruiter can agree with a person for another talk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { appointmentTimes } from "../../static/booth/times.js";

const at = (time) => Date.parse(`2026-11-25T${time}:00+07:00`);

test("appointments are offered in quarters of an hour, not at once and not after the end", () => {
  assert.deepEqual(appointmentTimes(at("09:07"), at("10:00")), [at("09:15"), at("09:30"), at("09:45")]);
  assert.deepEqual(appointmentTimes(at("09:14"), at("09:45")), [at("09:30")]);
  assert.deepEqual(appointmentTimes(at("09:50"), at("10:00")), []);
});

test("without a known end two hours are offered", () => {
  assert.equal(appointmentTimes(at("09:07"), null).length, 8);
});
