/** Times for another talk in the same fair. Pure. */

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
