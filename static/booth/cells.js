/**
 * The shapes of the cells a booth sees, as the contract (fairserver/protocol/views.py) has them.
 * Types only: nothing here runs.
 */

/** @typedef {"closed"|"ready"|"calling"|"connecting"|"interviewing"|"wrap_up"|"paused"} DeskState */
/** @typedef {"preparing"|"open"|"paused"|"closed"} FairState */
/**
 * @typedef {"waiting"|"on_deck"|"called"|"connecting"|"interviewing"|"done"|"handed_over"
 *   |"left"|"no_show"|"closed"} TicketState
 */
/** @typedef {"onsite"|"online"|"delegated"} BoothMode */

/** @typedef {"hand_over"|"appointment"|"recall"|"ordinary"} Lane */

/** @typedef {{state: FairState, join_limit: number, not_now_limit: number, ends_at: number|null, recording?: boolean}} FairCell */

/**
 * @typedef {object} RoomCell
 * @property {number} epoch
 * @property {string} candidate_peer
 * @property {string} desk_peer
 * @property {string} candidate_state
 * @property {string} desk_state
 * @property {number} talk_ms time already talked, ms
 * @property {number|null} talking_since the clock runs from here, or stands
 */

/**
 * @typedef {object} BoothCell
 * @property {string} booth_id
 * @property {BoothMode} mode
 * @property {number} minutes usual length of an interview
 * @property {boolean} paused
 * @property {number} waiting
 * @property {number} on_deck
 * @property {number} interviewed
 * @property {number|null} mean_min
 * @property {number} plan rises when vacancies or questions were corrected
 */

/**
 * @typedef {object} DeskCell
 * @property {string} desk_id
 * @property {string} booth_id
 * @property {DeskState} state
 * @property {number} since
 * @property {string|null} ticket_id
 * @property {"busy_elsewhere"|"on_deck_elsewhere"|"away"|"resting"|"fair_not_open"|"booth_paused"|null} idle_reason
 * @property {string|null} idle_booth_id
 * @property {number|null} idle_since
 * @property {number|null} idle_number the first in line
 */

/**
 * @typedef {object} TicketCell
 * @property {string} ticket_id
 * @property {number} number
 * @property {TicketState} state
 * @property {number} since
 * @property {number} position
 * @property {boolean} present
 * @property {boolean} frozen
 * @property {boolean} first_interview
 * @property {Lane} lane
 * @property {number} misses
 * @property {string|null} desk_id
 * @property {boolean} ready on deck: said "I'm ready"
 * @property {number|null} deadline
 * @property {string|null} hand_over_to booth that was offered
 * @property {"video"|"audio"|"phone"|"station"} way how the person talks online
 * @property {"in_person"|"online"|"phone"|null} interview_mode
 * @property {RoomCell|null} room
 * @property {number|null} finished_at
 * @property {string|null} outcome
 * @property {string|null} reason
 * @property {boolean} published the person sees the outcome
 * @property {{state: "offered"|"accepted"|"declined"|"cancelled", starts_at: number,
 *   sequence: number}|null} second_interview
 * @property {import("../guest/leg.js").GuestCell|null} [guest] the third person asked in
 * @property {number} answers rises when an answer to the booth's questions changes
 * @property {import("../recording/beside.js").RecordingCell|null} [recording] the recording asked for last
 * @property {number} profile rises when what may be read of the person changes
 */

export {};
