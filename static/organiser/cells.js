/**
 * The shapes of the control room's cells, as the contract (fairserver/protocol/views.py) has
 * them. Types only: nothing here runs.
 */

/** @typedef {import("../booth/cells.js").DeskCell} DeskCell */
/** @typedef {import("../booth/cells.js").FairCell} FairCell */
/**
 * @typedef {{ reason: "range"|"no_recruiter"|"paused"|"later", low_min: number|null,
 *   high_min: number|null, chance_pct?: number|null }} Wait
 */
/**
 * The fair's rules; all of them go back with a change.
 * @typedef {{ join_limit: number, recording: boolean, recording_keep_days: number, none_yet_first_min: number, deck_per_desk: number,
 *   accept_online_s: number, accept_onsite_s: number }} Settings
 */
/** @typedef {{ settings: Settings }} SettingsCell */

/**
 * @typedef {object} TotalsCell
 * @property {number} registered
 * @property {number} present
 * @property {number} waiting
 * @property {number} on_deck
 * @property {number} in_interview
 * @property {number} interviewed people
 * @property {number} interviews finished interviews
 * @property {number} none_yet
 * @property {number} desks_working
 * @property {number} desks_idle_with_waiting
 * @property {number} no_shows
 * @property {number} left
 * @property {number} promises_decided
 * @property {number} promises_kept
 * @property {number} promises_late by more than five minutes
 * @property {number|null} promise_error_min
 * @property {Record<string, number>} outcomes
 * @property {number} advice_passed
 * @property {number} advice_not_passed
 */

/**
 * A turn in a booth's line, as HTTP gives it (fairserver/web/booth_line.py).
 * @typedef {import("../guidance/why.js").Held & { ticket_id: string, number: number, state: string,
 *   lane: "hand_over"|"appointment"|"recall"|"ordinary", position: number, issued_at: number,
 *   misses: number, moved: boolean, first_interview: boolean }} LineTicket
 */
/** @typedef {{ ticket_id: string, number: number, state: "no_show"|"left", since: number }} GoneTicket */
/**
 * @typedef {{ booth_id: string, seq: number, waiting: number, tickets: LineTicket[],
 *   gone: GoneTicket[] }} BoothLine
 */

/**
 * @typedef {object} BoothCell
 * @property {string} booth_id
 * @property {"onsite"|"online"|"delegated"} mode
 * @property {boolean} paused
 * @property {number} waiting
 * @property {number} on_deck
 * @property {number} callable
 * @property {number|null} longest_since
 * @property {number} desks_working
 * @property {number} interviewed
 * @property {number} called people asked to a desk, and of them read, talked with for a minute, and
 *   marked as missed by hand
 * @property {number} read
 * @property {number} talked
 * @property {number} missed_by_hand
 * @property {number|null} mean_min
 * @property {Wait} wait
 */

/** @typedef {[number, number, number, number]} CurvePoint minute, waiting, in interview, interviewed */
/** @typedef {{ start: number, points: CurvePoint[] }} CurveCell */

/**
 * Something that needs the organiser's eye; ``subject`` is a booth, or "" for the whole fair.
 * @typedef {{ kind: string, subject: string, count: number, at: number }} AlarmCell
 */

export {};
