// What a third person is told of the interview that they are asked into.

/**
 * @typedef {import("./leg.js").LegCell} LegCell
 * @typedef {{ ticket_id: string, booth_id: string, desk_id: string, number: number,
 *   role: import("./leg.js").GuestRole, state: "invited" | "agreed", joined: boolean,
 *   desk_leg: LegCell, candidate_leg: LegCell,
 *   recording?: import("../recording/beside.js").RecordingCell | null }} Invitation
 */

/**
 * The interview that somebody is asked into, if any.
 * @param {import("../shared/net.js").Link} link
 * @returns {Invitation | null}
 */
export function invitationOf(link) {
  const cells = link.cells("guest").value;
  const key = Object.keys(cells).find((one) => one.startsWith("guest/"));
  return key ? cells[key] : null;
}
