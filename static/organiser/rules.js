/** How the rules of a fair are turned and read. Pure. */

/** Minutes back per interview already had: 0 is first come, first served; a day is "none yet first". */
export const KNOB = [0, 10, 20, 30, 60, 1440];

const DAY_MS = 86_400_000;
/** Viet Nam keeps one time all year. */
const ZONE_MS = 7 * 3_600_000;

/**
 * The step of the knob nearest to a number of minutes.
 *
 * @param {number} minutes
 */
export function knobIndex(minutes) {
  const far = KNOB.map((step) => Math.abs(step - minutes));
  return far.indexOf(Math.min(...far));
}

/**
 * When a fair ends, from a time of day; null leaves the end as it is.
 *
 * @param {string} time such as 11:30, or empty
 * @param {number | null} before the end so far, ms: the day stays the same
 * @param {string} date the fair's day, such as 2026-11-25, when there was no end
 * @returns {number | null}
 */
export function endOf(time, before, date) {
  const [hour = NaN, minute = NaN] = time.split(":").map(Number);
  const day = before === null ? Date.parse(`${date}T00:00:00+07:00`)
    : Math.floor((before + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS;
  const ends = day + (hour * 60 + minute) * 60_000;
  return Number.isNaN(ends) ? null : ends;
}
