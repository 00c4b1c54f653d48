// Why a call was missed, as far as this phone saw it: from the state before.
import { effect } from "../vendor/ui.js";
import { keep, recall } from "../shared/keep.js";
import { tickets } from "./state.js";

/** @typedef {import("./state.js").Ticket} Ticket */

/** @param {string} ticketId */
const key = (ticketId) => `fs_missed_${ticketId}`;
let before = /** @type {Map<string, Ticket>} */ (new Map());

effect(() => {
  for (const ticket of tickets.value) {
    const last = before.get(ticket.ticket_id);
    if (!last || ticket.misses <= last.misses) continue;
    const cause = last.state === "on_deck" ? "heads_up" : last.state === "connecting" ? "not_arrived" : "call";
    keep("session", key(ticket.ticket_id), `${ticket.misses} ${cause}`);
  }
  before = new Map(tickets.value.map((ticket) => [ticket.ticket_id, ticket]));
});

/**
 * The cause of the latest miss: the phone may have slept through it, then it is simply a call.
 * @param {Ticket} ticket
 * @returns {"heads_up" | "not_arrived" | "call"}
 */
export function missedCause({ ticket_id, misses }) {
  const [count, cause] = (recall("session", key(ticket_id)) || "").split(" ");
  if (Number(count) !== misses) return "call";
  return cause === "heads_up" || cause === "not_arrived" ? cause : "call";
}
