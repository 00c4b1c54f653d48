// The third person's own screen: the two others, what they know of one, and the way out.
import { html, signal } from "../vendor/ui.js";
import { Beside } from "../shared/beside.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { OwnPicture, RemotePicture } from "../shared/picture.js";
import { BesideRecording } from "../recording/beside.js";
import { useLeg } from "./leg.js";

/**
 * @typedef {import("./leg.js").Room} Room
 * @typedef {import("./invitation.js").Invitation} Invitation
 * @typedef {{ link: import("../shared/net.js").Link, camera: import("../booth/camera.js").Camera,
 *   invitation: Invitation, goOut: () => void }} Props
 */

/** @param {Props} props */
export function GuestRoom({ link, camera, invitation, goOut }) {
  const { ticket_id: ticketId, number, role, state } = invitation;
  const listens = role === "listener";
  const withdraw = () => void link.send("remove_guest", { ticket_id: ticketId }).catch(() => {});
  return html`<main class="guest-room">
    <header><h1>${t("room.title", { number: String(number) })}</h1>
      <p role="status">${t(state === "agreed" ? `room.as_${role}` : "room.waiting")}</p></header>
    ${state === "agreed" && html`<${Pictures} link=${link} ticketId=${ticketId} number=${number}
      stream=${listens ? null : camera.stream.value} />`}
    ${invitation.joined && invitation.recording && html`<${BesideRecording} part="RecordingNotice" link=${link}
      ticketId=${ticketId} recording=${invitation.recording} side="guest" />`}
    ${!listens && html`<${Own} camera=${camera} />`}
    <footer class="guest-acts">
      <button class="button" type="button" onClick=${goOut}>${t("room.out")}</button>
      <button class="button danger" type="button" onClick=${withdraw}>${t("room.end")}</button>
    </footer>
  </main>`;
}

/** @param {{ link: Props["link"], ticketId: string, number: number, stream: MediaStream | null }} props */
function Pictures({ link, ticketId, number, stream }) {
  const cell = () => /** @type {Invitation | undefined} */ (link.cells("guest").value[`guest/${ticketId}`]);
  const desk = useLeg({
    link, ticketId, leg: "desk_guest", offers: false, getLeg: () => cell()?.desk_leg, stream,
  });
  const person = useLeg({
    link, ticketId, leg: "guest_candidate", offers: true, getLeg: () => cell()?.candidate_leg, stream,
  });
  return html`<div class="guest-pictures">
    <${One} room=${person} name=${t("room.person", { number: String(number) })} />
    <${One} room=${desk} name=${t("room.desk")} />
  </div>`;
}

/** @param {{ room: Room | null, name: string }} props */
function One({ room, name }) {
  const state = room?.state.value;
  if (state === "taken_over") return html`<figure class="guest-picture"><p role="alert">${t("room.taken")}</p></figure>`;
  return html`<figure class="guest-picture">
    ${room?.remote.value && html`<${RemotePicture} stream=${room.remote.value} label=${name} />`}
    <figcaption><b>${name}</b> <span role="status">${state === "live" ? "" : t("guest.connecting")}</span>
      ${room && html`<${Beside} part="CheckButton" room=${room} />`}</figcaption>
  </figure>`;
}

/** @param {{ camera: Props["camera"] }} props */
function Own({ camera }) {
  const stream = camera.stream.value;
  if (!stream) {
    return html`<button class="button" type="button" disabled=${camera.opening.value} onClick=${() => camera.open()}>
      <${Icon} name="video" />${t("room.open_media")}</button>`;
  }
  const mic = camera.micOn.value;
  const picture = camera.pictureOn.value;
  return html`<div class="guest-own">
    <${OwnPicture} stream=${stream} label=${t("room.own")} />
    <button class="button round" type="button" data-key="M" aria-label=${t(mic ? "room.mute" : "room.unmute")}
      title=${t(mic ? "room.mute" : "room.unmute")} onClick=${() => camera.toggleMic()}><${Icon} name=${mic ? "mic" : "mic-off"} /></button>
    <button class="button round" type="button" data-key="V" aria-label=${t(picture ? "room.camera_off" : "room.camera_on")}
      title=${t(picture ? "room.camera_off" : "room.camera_on")} onClick=${() => camera.togglePicture()}><${Icon} name=${picture ? "video" : "video-off"} /></button>
  </div>`;
}

/** Whether the person has gone out of the room for now. */
export const outside = signal(false);
