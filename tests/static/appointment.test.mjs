// The times that a recruiter can agree with a person for another talk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { appointmentTimes, isoDay, momentOf, slotTimes } from "../../static/booth/times.js";

const at = (time) => Date.parse(`2026-11-25T${time}:00+07:00`);

test("appointments are offered in quarters of an hour, not at once and not after the end", () => {
  assert.deepEqual(appointmentTimes(at("09:07"), at("10:00")), [at("09:15"), at("09:30"), at("09:45")]);
  assert.deepEqual(appointmentTimes(at("09:14"), at("09:45")), [at("09:30")]);
  assert.deepEqual(appointmentTimes(at("09:50"), at("10:00")), []);
});

test("without a known end two hours are offered", () => {
  assert.equal(appointmentTimes(at("09:07"), null).length, 8);
});

test("free times of a day follow each other and the last ends in time", () => {
  const times = slotTimes("2026-11-27", "08:30", "10:15", 30);
  assert.deepEqual(times, ["08:30", "09:00", "09:30"].map((time) => momentOf("2026-11-27", time)));
  assert.equal(isoDay(times[0]), "2026-11-27");
});

test("nothing is listed without a day, backwards, in no time or without end", () => {
  assert.deepEqual(slotTimes("", "08:30", "10:00", 30), []);
  assert.deepEqual(slotTimes("2026-11-27", "10:00", "08:30", 30), []);
  assert.deepEqual(slotTimes("2026-11-27", "08:30", "10:00", 0), []);
  assert.deepEqual(slotTimes("2026-11-27", "00:00", "23:59", 5), []);
});
