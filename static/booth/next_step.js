/**
 * The next right thing at a desk, as tables that one can read. Pure: no page, no network.
 *
 * @typedef {import("./cells.js").DeskCell} DeskCell
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./cells.js").BoothMode} BoothMode
 */

/**
 * @typedef {"loading"|"closed"|"paused"|"ready"|"calling"|"beckoning"|"arriving"|"connecting"|"phoning"|"to_phone"
 *   |"interviewing"|"outcome"|"next"} StepName
 * @typedef {"open"|"resume"|"pause"|"close"|"missed"|"start"|"phone"|"call_phone"|"finish"|"save"|"next"
 *   |"later"|"hand_over"|"invite"|"appoint"|"recall"|"pause_booth"|"resume_booth"|"publish"|"second"} ActName
 */

/** What each act sends, and what it names; `choose` asks for more first. */
export const ACTS = /** @type {const} */ ({
  open: { type: "open_desk", names: "desk" },
  resume: { type: "open_desk", names: "desk" },
  pause: { type: "pause_desk", names: "desk" },
  close: { type: "close_desk", names: "desk" },
  next: { type: "call_next", names: "desk" },
  later: { type: "call_next", names: "desk" },
  missed: { type: "mark_missed", names: "ticket" },
  start: { type: "start", names: "ticket" },
  phone: { type: "start", names: "ticket" },
  call_phone: { type: "start", names: "ticket" },
  finish: { type: "finish", names: "ticket" },
  save: { type: "record_outcome", names: "ticket" },
  hand_over: { type: "offer_hand_over", names: "choose" },
  invite: { type: "invite_guest", names: "choose" },
  appoint: { type: "make_appointment", names: "choose" },
  pause_booth: { type: "pause_booth", names: "booth" },
  resume_booth: { type: "resume_booth", names: "booth" },
  recall: { type: "recall", names: "ticket" },
  publish: { type: "publish_result", names: "ticket" },
  second: { type: "offer_second_interview", names: "choose" },
});

/**
 * The primary act of each step (null: nothing to do but wait) and the quieter ones beside it.
 * @type {Record<StepName, {primary: ActName|null, others: ActName[]}>}
 */
export const STEPS = {
  loading: { primary: null, others: [] },
  closed: { primary: "open", others: [] },
  paused: { primary: "resume", others: ["close"] },
  ready: { primary: null, others: ["pause", "close"] },
  calling: { primary: null, others: ["missed"] },
  beckoning: { primary: "start", others: ["missed"] },
  arriving: { primary: "start", others: ["missed"] },
  connecting: { primary: "finish", others: ["phone", "missed"] },
  phoning: { primary: "call_phone", others: ["missed"] },
  to_phone: { primary: "call_phone", others: ["finish"] },
  interviewing: { primary: "finish", others: ["hand_over", "invite"] },
  outcome: { primary: "save", others: ["later", "appoint", "pause"] },
  next: { primary: "next", others: ["appoint", "pause", "close"] },
};

/**
 * The key of each act; within one step no two acts share one.
 * @type {Record<ActName, string>}
 */
export const KEYS = {
  open: "S", resume: "P", pause: "P", close: "Q", next: "N", later: "L", missed: "X",
  start: "S", phone: "T", call_phone: "T", finish: "F", save: "S", hand_over: "H", invite: "I", appoint: "A",
  pause_booth: "B", resume_booth: "B", recall: "", publish: "R", second: "D",
};

/** The keys of what is at every step. */
export const OWN_KEYS = /** @type {const} */ ({ mute: "M", camera: "V", help: "?" });

/** The seven outcomes in the order of the keys 1 to 7. */
export const OUTCOMES = /** @type {const} */ ([
  "hired",
  "second_interview",
  "shortlisted",
  "not_suitable",
  "overseas_registered",
  "training",
  "pending",
]);

/** Why a person was not suitable. */
export const REASONS = /** @type {const} */ ([
  "skill",
  "experience",
  "wage",
  "place",
  "shift",
  "conditions",
  "withdrew",
  "other",
]);

/**
 * Name the step a desk is at.
 *
 * @param {DeskCell|undefined} desk
 * @param {TicketCell|null} ticket the person at the desk or, in wrap-up, the one just met
 * @param {BoothMode} mode
 * @param {boolean} saved the outcome of ``ticket`` was saved from this page
 * @returns {StepName}
 */
export function stepOf(desk, ticket, mode, saved) {
  if (!desk) return "loading";
  if (mode === "onsite" && desk.state === "calling") return "beckoning";
  if (mode === "onsite" && desk.state === "connecting") return "arriving";
  if (mode !== "onsite" && ticket?.way === "phone" && ticket.interview_mode !== "phone") {
    if (desk.state === "connecting") return "phoning";
    if (desk.state === "interviewing") return "to_phone";
  }
  if (desk.state !== "wrap_up") return desk.state;
  return ticket && !saved && isPending(ticket) ? "outcome" : "next";
}

/**
 * Milliseconds talked so far; the clock stands while a side is gone.
 *
 * @param {TicketCell} ticket
 * @param {number} now server time, ms
 */
export function talked(ticket, now) {
  if (ticket.state !== "interviewing" && ticket.state !== "connecting") return 0;
  const room = ticket.room;
  if (!room) return ticket.state === "interviewing" ? Math.max(0, now - ticket.since) : 0;
  const running = room.talking_since === null ? 0 : Math.max(0, now - room.talking_since);
  return room.talk_ms + running;
}

/**
 * The person this desk is about: at the desk now or, in wrap-up, the last one met here.
 *
 * @param {DeskCell|undefined} desk
 * @param {TicketCell[]} tickets
 * @returns {TicketCell|null}
 */
export function ticketAt(desk, tickets) {
  if (!desk) return null;
  const named = tickets.find((ticket) => ticket.ticket_id === desk.ticket_id);
  if (named) return named;
  if (desk.state !== "wrap_up") return null;
  const met = tickets.filter((one) => hasMet(one) && one.desk_id === desk.desk_id);
  return met.sort(laterFirst)[0] ?? null;
}

/**
 * Whether the interview took place.
 *
 * @param {TicketCell} ticket
 */
export function hasMet({ state }) {
  return state === "done" || state === "handed_over";
}

/**
 * Whether the interview is over and its outcome was never said.
 *
 * @param {TicketCell} ticket
 */
export function isPending({ state, outcome }) {
  return state === "done" && (outcome === null || outcome === "pending");
}

/**
 * Sort people on deck: who is ready is the next one, then who was told first.
 *
 * @param {TicketCell} a
 * @param {TicketCell} b
 */
export function nearestFirst(a, b) {
  return Number(b.ready) - Number(a.ready) || a.since - b.since;
}

/**
 * Whether the person is at the desk, in the room or about to be.
 *
 * @param {TicketCell} ticket
 */
export function isAtDesk({ state }) {
  return state === "connecting" || state === "interviewing";
}

/** Desks that will be free first come first; the others need nobody. */
const FREE_SOON = ["ready", "wrap_up", "interviewing", "connecting"];

/**
 * Find who of those on deck this desk will most likely get, among people who said "I'm ready":
 * the first of them goes to the desk that is free first. The server decides at that moment; this
 * only says whose connection is worth making ahead.
 *
 * @param {string} deskId
 * @param {DeskCell[]} desks all of the booth
 * @param {TicketCell[]} deck the nearest first
 * @returns {TicketCell|undefined}
 */
export function nextAt(deskId, desks, deck) {
  const rank = desks.filter((desk) => FREE_SOON.includes(desk.state)).sort((a, b) =>
    FREE_SOON.indexOf(a.state) - FREE_SOON.indexOf(b.state) || a.since - b.since
    || (a.desk_id < b.desk_id ? -1 : 1)).findIndex((desk) => desk.desk_id === deskId);
  return rank < 0 ? undefined : deck.filter(({ ready }) => ready)[rank];
}

/**
 * Sort people met, the latest first.
 *
 * @param {TicketCell} a
 * @param {TicketCell} b
 */
export function laterFirst(a, b) {
  return (b.finished_at ?? b.since) - (a.finished_at ?? a.since);
}
