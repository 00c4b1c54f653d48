/**
 * Which booth needs help, and why: the order of the tiles and their sentences. Pure.
 *
 * @typedef {import("./cells.js").BoothCell} BoothCell
 * @typedef {import("./cells.js").DeskCell} DeskCell
 * @typedef {{ booth: BoothCell, desks: DeskCell[] }} Tile
 * @typedef {{ key: string, desk: DeskCell | null }} Reason
 * @typedef {import("./cells.js").LineTicket} LineTicket
 */

/**
 * The desks that are ready although people wait, the longest idle first.
 *
 * @param {Tile} tile
 */
export function idleDesks({ booth, desks }) {
  if (booth.waiting === 0) return [];
  return desks.filter((desk) => desk.state === "ready").sort((a, b) => a.since - b.since);
}

/**
 * Compare two tiles: a desk idle while people wait first, then the longest wait.
 *
 * @param {Tile} a
 * @param {Tile} b
 */
export function byTrouble(a, b) {
  const idle = Number(idleDesks(b).length > 0) - Number(idleDesks(a).length > 0);
  if (idle !== 0) return idle;
  const wait = (a.booth.longest_since ?? Infinity) - (b.booth.longest_since ?? Infinity);
  return wait || a.booth.booth_id.localeCompare(b.booth.booth_id, "en", { numeric: true });
}

/**
 * The most telling reason why people of this booth wait although they might not, if any.
 *
 * @param {Tile} tile
 * @param {string | undefined} fairState
 * @returns {Reason | null}
 */
export function reasonOf(tile, fairState) {
  const { booth, desks } = tile;
  if (booth.waiting === 0 || fairState === "closed") return null;
  const desk = idleDesks(tile)[0];
  if (booth.paused && fairState === "open") return { key: "booth_paused", desk: null };
  if (desk) return { key: idleKey(desk, fairState), desk };
  if (booth.desks_working > 0) return null;
  const paused = desks.some((one) => one.state === "paused");
  return { key: paused ? "all_paused" : "no_recruiter", desk: null };
}

/** The one command that mends a reason, where there is one. */
export const MENDS = /** @type {Record<string, "open_fair" | "resume_booth">} */ ({
  preparing: "open_fair",
  paused: "open_fair",
  booth_paused: "resume_booth",
});

/**
 * @param {DeskCell} desk
 * @param {string | undefined} fairState
 */
function idleKey(desk, fairState) {
  if (fairState === "preparing" || fairState === "paused") return fairState;
  if (desk.idle_reason === "busy_elsewhere") {
    return desk.idle_booth_id ? "busy_elsewhere" : "busy_somewhere";
  }
  if (desk.idle_reason === "on_deck_elsewhere") return "on_deck_elsewhere";
  return desk.idle_reason === "resting" ? "resting" : "away";
}

/**
 * The tickets before which an organiser may put one: others that wait, and not the next one, before
 * which it stands already.
 *
 * @param {LineTicket} ticket
 * @param {LineTicket[]} others the line in its order
 */
export function placesFor(ticket, others) {
  if (ticket.state !== "waiting") return [];
  return others.filter((one) => one.state === "waiting" && one.ticket_id !== ticket.ticket_id
    && one.position !== ticket.position + 1);
}
