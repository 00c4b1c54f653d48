// One connection with a third person, as a part of a page: opened while it is shown, closed after.
import { useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { openRoom } from "../shared/room.js";

/**
 * @typedef {import("../shared/room.js").Room} Room
 * @typedef {"colleague" | "interpreter" | "listener"} GuestRole
 * @typedef {{ epoch: number, offering_peer: string, answering_peer: string,
 *   offering_state: string, answering_state: string }} LegCell
 * @typedef {{ guest_id: string, role: GuestRole, state: "invited" | "agreed", joined: boolean,
 *   leg: LegCell }} GuestCell
 * @typedef {{ role: GuestRole, display_name: string }} WhoComes
 * @typedef {{ link: import("../shared/net.js").Link, ticketId: string, leg: string,
 *   offers: boolean, getLeg: () => LegCell | null | undefined, stream: MediaStream | null }} LegOptions
 * `getLeg` reads signals.
 */

/**
 * A connection as the room of two knows it: who offers stands where the desk does.
 * @param {LegCell | null | undefined} leg
 * @returns {import("../shared/room.js").RoomCell | null}
 */
export function asRoom(leg) {
  return leg ? {
    epoch: leg.epoch,
    desk_peer: leg.offering_peer,
    desk_state: leg.offering_state,
    candidate_peer: leg.answering_peer,
    candidate_state: leg.answering_state,
    talk_ms: 0,
    talking_since: null,
  } : null;
}

/**
 * Be in a connection as long as the component is there; null before it is opened.
 * @param {LegOptions} options
 * @returns {Room | null}
 */
export function useLeg({ link, ticketId, leg, offers, getLeg, stream }) {
  const [room, setRoom] = useState(/** @type {Room | null} */ (null));
  useEffect(() => {
    const opened = openRoom({
      link, ticketId, leg, side: offers ? "desk" : "candidate",
      getRoom: () => asRoom(getLeg()), getPhase: () => "open", localStream: stream,
    });
    setRoom(opened);
    return () => opened.leave();
  }, [link, ticketId, leg]);
  useEffect(() => {
    if (room && room.stream !== stream) void room.setTracks(stream);
  }, [room, stream]);
  return room;
}

/**
 * Who the third person is; null before it is known.
 * @param {string} ticketId
 * @param {string} guestId another one has another name
 * @returns {WhoComes | null}
 */
export function useWho(ticketId, guestId) {
  const [who, setWho] = useState(/** @type {WhoComes | null} */ (null));
  useEffect(() => {
    let wanted = true;
    setWho(null);
    api("GET", `/api/fairs/${fairId()}/tickets/${ticketId}/guest`).then(
      (found) => wanted && setWho(found),
      () => {}); // gone meanwhile: the cell says so
    return () => {
      wanted = false;
    };
  }, [ticketId, guestId]);
  return who;
}
