// A third person's parts: they come when somebody is asked in, not before.
import { bring, bundle, later } from "../shared/later.js";

const guest = bundle(() => import("./parts.js"), "/static/guest/words", ["/static/guest/guest.css"]);
const room = bundle(() => import("./guest_room.js"), "/static/guest/words", ["/static/guest/guest.css"]);

/** @param {{ part: "CandidateGuest" | "DeskGuest" | "InviteChoice" } & Record<string, any>} props */
export function BesideGuest({ part, ...props }) {
  return later(guest, part, props);
}

/** The third person's own room. @param {Record<string, any>} props */
export function BesideGuestRoom(props) {
  return later(room, "GuestRoom", props);
}

/** Have the third person's own room come, for somebody who has been asked in. */
export const bringGuestRoom = () => void bring(room);

/** Whether it is there; a signal is read. */
export const hasGuestRoom = () => room.parts.value !== null;
