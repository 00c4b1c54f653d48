/** Times for another talk in the same fair, and for a second interview on another day. Pure. */

/** Times are offered in quarters of an hour, so many at most. */
const QUARTER_MS = 15 * 60_000;
const OFFERED = 8;

/**
 * The times that can be agreed: from the next quarter on, before the fair ends.
 *
 * @param {number} now ms
 * @param {number | null} endsAt ms, or null when no end is known
 * @returns {number[]}
 */
export function appointmentTimes(now, endsAt) {
  const first = Math.ceil((now + QUARTER_MS / 3) / QUARTER_MS) * QUARTER_MS;
  return Array.from({ length: OFFERED }, (_, index) => first + index * QUARTER_MS)
    .filter((time) => !endsAt || endsAt < now || time < endsAt);
}

const dayFormat = new Intl.DateTimeFormat("en-CA", {
  timeZone: "Asia/Ho_Chi_Minh", year: "numeric", month: "2-digit", day: "2-digit",
});

/**
 * The day in Viet Nam, as 2026-11-25.
 *
 * @param {number} ms
 */
export function isoDay(ms) {
  return dayFormat.format(ms);
}

/**
 * A moment in Viet Nam, wherever this computer thinks it is; NaN for no date.
 *
 * @param {string} day 2026-11-25
 * @param {string} time 08:30
 * @returns {number} ms
 */
export function momentOf(day, time) {
  return Date.parse(`${day}T${time}:00+07:00`);
}

/**
 * The times of one day that a booth lists: one after another, the last ends in time.
 *
 * @param {string} day
 * @param {string} from 08:30
 * @param {string} to 11:30
 * @param {number} minutes of each
 * @returns {number[]} ms; empty when nothing fits
 */
export function slotTimes(day, from, to, minutes) {
  const [first, end, step] = [momentOf(day, from), momentOf(day, to), minutes * 60_000];
  const count = Math.floor((end - first) / step);
  if (!(minutes >= 5) || !(count > 0) || count > 100) return [];
  return Array.from({ length: count }, (_, index) => first + index * step);
}
