// The person's own will about a turn: going out of the room for now, and back in.
import { signal } from "../vendor/ui.js";

/** Tickets whose room the person has left for now; a reload comes straight back. */
const outside = signal(/** @type {ReadonlySet<string>} */ (new Set()));

/** @param {string} ticketId */
export function goOut(ticketId) {
  outside.value = new Set([...outside.value, ticketId]);
}

/** @param {string} ticketId */
export function backIn(ticketId) {
  outside.value = new Set([...outside.value].filter((id) => id !== ticketId));
}

/** @param {string} ticketId */
export function isInside(ticketId) {
  return !outside.value.has(ticketId);
}
