// What this page knows: the fair, the person, the link, and what follows from them.
import { computed, signal } from "../vendor/ui.js";
import { ApiError, api, fairId, getSlot, setSlot, takeToken } from "../shared/api.js";
import { forgetOld, isShared, setShared, wipe } from "../shared/keep.js";

/**
 * @typedef {import("../shared/room.js").RoomCell} RoomCell
 * @typedef {{ reason: "range" | "no_recruiter" | "paused" | "later",
 *   low_min: number | null, high_min: number | null,
 *   chance_pct?: number | null }} Wait
 * @typedef {{ ticket_id: string, booth_id: string, mode: "onsite" | "online" | "delegated",
 *   state: "waiting" | "on_deck" | "called" | "connecting" | "interviewing" | "done" | "handed_over"
 *     | "left" | "no_show" | "closed",
 *   since: number, ahead: number, ahead_exact: boolean, wait: Wait, misses: number,
 *   returned?: "desk" | "not_connected" | "desk_away" | "desk_gone" | null,
 *   closed_cause?: "booth_withdrawn" | null,
 *   not_now: number, desk_id: string | null, ready: boolean, deadline: number | null,
 *   extended: boolean, hand_over_to: string | null,
 *   interview_mode: "in_person" | "online" | "phone" | null, room: RoomCell | null,
 *   finished_at: number | null, result: string | null, shown: boolean, advice_passed: boolean | null,
 *   second_interview: { state: "offered" | "accepted" | "declined" | "cancelled",
 *     starts_at: number, sequence: number } | null,
 *   guest?: import("../guest/leg.js").GuestCell | null, questions: number, answered: number,
 *   recording?: import("../recording/beside.js").RecordingCell | null }} Ticket
 * @typedef {{ candidate_id: string, number: number, present: boolean, interviews: number,
 *   busy_ticket_id: string | null, way: "video" | "audio" | "phone" | "station",
 *   stands_back?: boolean }} Me
 * @typedef {{ slot: string, number: number, code?: string, ticket_link?: string }} Who
 */

/** The fair's plan as anybody may read it, or null while it loads. */
export const fair = signal(/** @type {import("./plan.js").Plan | null} */ (null));
/** What the fair is called, where and when: the entry form needs no more of the plan. */
export const facts = signal(/** @type {import("./plan.js").Facts | null} */ (null));
/** Who is signed in on this phone. */
export const who = signal(/** @type {Who | null} */ (null));
/** Where the page stands besides what the tickets say. */
export const screen = signal(/** @type {"boot" | "entry" | "sign_in" | "home" | "add" | "find" | "card" | "check" | "my_data"} */ ("boot"));
/** The entry form is being filled in: the parts that come after it may be loaded. */
export const filling = signal(false);
/** Why the page could not start or the person could not come in. */
export const fault = signal(/** @type {ApiError | null} */ (null));
/** This phone was signed out elsewhere, by staff or by time: its person has a number already. */
export const signedOut = signal(false);
export const link = signal(/** @type {import("../shared/net.js").Link | null} */ (null));

const cells = computed(() => link.value?.cells("me").value || {});

/** The person's own standing. */
export const me = computed(() => /** @type {Me | undefined} */ (cells.value.me));
/** What the fair as a whole does. */
export const fairCell = computed(() =>
  /** @type {{ state: "preparing" | "open" | "paused" | "closed", join_limit: number, not_now_limit: number,
   *   ends_at: number | null } | undefined} */ (cells.value.fair));
/** The person's tickets, the nearest turn first. */
export const tickets = computed(() =>
  Object.keys(cells.value).filter((key) => key.startsWith("ticket/"))
    .map((key) => /** @type {Ticket} */ (cells.value[key])).sort(byNearness));
/** The ticket that has the person at a desk. */
export const busy = computed(() =>
  tickets.value.find(({ state }) => state === "called" || state === "connecting" || state === "interviewing"));
/** The ticket whose turn is near. */
export const onDeck = computed(() => tickets.value.find(({ state }) => state === "on_deck"));
/** Tickets still standing in a line. */
export const standing = computed(() =>
  tickets.value.filter(({ state }) => state === "waiting" || state === "on_deck"));

const ORDER = ["called", "interviewing", "connecting", "on_deck", "waiting", "done", "handed_over", "no_show", "closed", "left"];

/**
 * @param {Ticket} a
 * @param {Ticket} b
 */
function byNearness(a, b) {
  const soon = (/** @type {Ticket} */ ticket) => ticket.wait.low_min ?? 999;
  return ORDER.indexOf(a.state) - ORDER.indexOf(b.state)
    || (a.finished_at || 0) - (b.finished_at || 0)
    || soon(a) - soon(b) || a.ahead - b.ahead || a.since - b.since;
}

/** @type {Promise<void> | null} */
let planComes = null;

/** Load the plan, once; its booths and jobs are most of what a first visit could weigh. */
export function loadPlan() {
  planComes ??= api("GET", `/api/fairs/${fairId()}`).then((plan) => {
    fair.value = facts.value = plan;
  }, (error) => {
    planComes = null;
    throw error;
  });
  return planComes;
}

/** Find out who holds this phone, and load what that person needs of the fair. */
export async function start() {
  forgetOld();
  screen.value = "boot";
  fault.value = null;
  try {
    const known = await recognise();
    if (known) return await enter(known);
    facts.value ??= await api("GET", `/api/fairs/${fairId()}/facts`);
    // Who was here has a number already: nobody should register a second time.
    screen.value = signedOut.value ? "sign_in" : "entry";
  } catch (error) {
    fault.value = /** @type {ApiError} */ (error);
  }
}

/** @returns {Promise<Who | null>} */
async function recognise() {
  const token = takeToken();
  if (token) {
    try {
      return await api("POST", "/api/sessions", { token });
    } catch (error) {
      // An old link: the person comes in with the number, or is already known here.
      fault.value = /** @type {ApiError} */ (error);
    }
  }
  if (!getSlot("candidate")) return null;
  try {
    return await api("GET", "/api/session");
  } catch (error) {
    if (/** @type {ApiError} */ (error).status !== 401) throw error;
    setSlot("candidate", null);
    signedOut.value = true;
    return null;
  }
}

/**
 * Come in by a form, on an own computer or on one that others use, too.
 * @param {string} path
 * @param {object} answers
 * @param {boolean} shared
 */
export async function comeIn(path, answers, shared) {
  const person = await api("POST", path, { ...answers, ...(shared ? { shared } : {}) });
  setShared(shared);
  await enter(person);
}

/**
 * Come in as a person and open the link. Nothing of it is kept but under which name the browser has
 * its cookie; code and link come from the server again when they are to be seen.
 * @param {Who} person
 */
export async function enter(person) {
  await loadPlan();
  fault.value = null;
  signedOut.value = false;
  const { slot, number, code, ticket_link } = person;
  who.value = { slot, number, ...(code ? { code } : {}), ...(ticket_link ? { ticket_link } : {}) };
  setSlot("candidate", slot);
  screen.value = person.code ? "card" : "home";
  opening = openLink(person.slot);
  await opening;
}

/** The link that is on its way: its code is loaded while the first screen is already there. */
let opening = /** @type {Promise<void>} */ (Promise.resolve());

/** @param {string} slot */
async function openLink(slot) {
  const { connect } = await import("../shared/net.js");
  link.value?.close();
  link.value = connect({ fairId: fairId(), slot, views: ["me"], onClosed: turnedAway });
}

/** The server does not know this phone any more. */
function turnedAway() {
  setSlot("candidate", null);
  if (isShared()) void wipe();
  link.value = null;
  who.value = null;
  signedOut.value = true;
  screen.value = "sign_in";
}

/** Leave this phone to somebody else. */
export async function signOut() {
  await api("DELETE", "/api/session").catch(() => {});
  link.value?.close();
  link.value = null;
  setSlot("candidate", null);
  who.value = null;
  signedOut.value = false;
  screen.value = "entry";
  await wipe();
}

/**
 * Send a command of the person's turn.
 * @param {string} type
 * @param {Record<string, any>} fields
 */
export async function send(type, fields) {
  // A quick tap comes before the link: it goes out with it.
  if (!link.value) await opening.catch(() => {});
  if (!link.value) throw new ApiError(0, { code: "unreachable" });
  return link.value.send(type, fields);
}

/** The server's clock; ms. */
export function serverNow() {
  return link.value?.now() ?? Date.now();
}
