// The interview: the other person fills the screen, four controls at the thumb.
import { html, signal, useEffect, useState } from "../vendor/ui.js";
import { BesideGuest } from "../guest/beside.js";
import { BesideRecording } from "../recording/beside.js";
import { Beside } from "../shared/beside.js";
import { Icon, useQuestion, useTick } from "../shared/components.js";
import { stopwatch, t } from "../shared/i18n.js";
import { OwnPicture, RemotePicture, useFirstPicture } from "../shared/picture.js";
import { switchCamera } from "../shared/media.js";
import { keepAwake } from "../shared/sound.js";
import { askAgain, askForMedia, ownMedia } from "./own_media.js";
import { ownRoom, takeBack } from "./own_room.js";
import { HandOverOffer } from "./hand_over.js";
import { Ways } from "./later.js";
import { capital, employerName, place } from "./plan.js";
import { link, serverNow, tickets } from "./state.js";
import { goOut } from "./turn.js";

/**
 * @typedef {import("./state.js").Ticket} Ticket
 * @typedef {import("../shared/room.js").Room} Room
 */

/** @param {string} ticketId */
const ticketOf = (ticketId) => tickets.value.find((one) => one.ticket_id === ticketId);

/** @param {{ ticketId: string }} props */
export function Interview({ ticketId }) {
  useEffect(() => keepAwake(), []);
  useEffect(() => void askForMedia(), []);
  const ticket = ticketOf(ticketId);
  const room = ownRoom.value;
  const isOut = useFirstPicture(room?.remote.value ?? null);
  if (!ticket || room?.ticketId !== ticketId) return null;
  if (room.state.value === "taken_over") return html`<${TakenOver} onTake=${takeBack} />`;
  const remote = room.remote.value;
  const seen = room.state.value === "live" || room.state.value === "lost";
  return html`<main class="interview">
    <${RemotePicture} stream=${remote} label=${employerName(ticket.booth_id)} />
    ${isOut && html`<${Self} alone=${remote === null} />
    <${TopLine} ticket=${ticket} room=${room} />
    <${Standing} ticket=${ticket} room=${room} seen=${seen} />
    <${Beside} part="CandidateBeside" room=${room} />
    ${ticket.guest && html`<${BesideGuest} part="CandidateGuest" key=${ticket.guest.guest_id} link=${link.value}
      ticketId=${ticketId} guest=${ticket.guest} getGuest=${() => ticketOf(ticketId)?.guest}
      stream=${ownMedia.value?.stream ?? null} slow=${isSlow(room)} />`}
    ${ticket.recording && html`<${BesideRecording} part="RecordingNotice" link=${link.value} ticketId=${ticketId}
      recording=${ticket.recording} side="candidate" />`}
    <${Controls} ticketId=${ticketId} room=${room} />
    <${HandOverOffer} ticket=${ticket} />`}
  </main>`;
}

/** @param {{ ticket: Ticket, room: Room }} props */
function TopLine({ ticket, room }) {
  useTick(1_000);
  const cell = ticket.room;
  const running = cell?.talking_since ? serverNow() - cell.talking_since : 0;
  const quality = room.state.value === "live" ? room.quality.value : null;
  return html`<header class="top-line">
    <p><b>${capital(place(ticket.booth_id, ticket.desk_id))}</b><span class="employer"> · ${employerName(ticket.booth_id)}</span></p>
    <p class="figures">${cell && stopwatch(cell.talk_ms + running)}
      ${quality && html`<span class="quality ${quality}"><${Icon} name=${SIGNAL[quality]} />
        <span role="status">${t(`quality.${quality}`)}</span></span>`}</p>
  </header>`;
}

/** Whether the connection is too weak for one more person. @param {Room} room */
const isSlow = (room) => room.quality.value === "poor" || room.sends.value !== "video";

const SIGNAL = { good: "signal-high", fair: "signal-medium", poor: "signal-low" };

/**
 * One sentence about what is going on, when it is not simply a talk.
 * @param {{ ticket: Ticket, room: Room, seen: boolean }} props
 */
function Standing({ ticket, room, seen }) {
  const state = room.state.value;
  const desk = ticket.room?.desk_state;
  if (state === "live" && link.value?.status.value === "live") return null;
  let key = "interview.connecting";
  if (state === "live") key = "interview.link_away";
  else if (seen || state === "lost") key = "interview.lost";
  else if (!ticket.room?.desk_peer || desk === "away") key = "interview.desk_away";
  return html`<p class="standing-line" role="status">
    ${capital(t(key, { place: place(ticket.booth_id) }))}</p>`;
}

/**
 * The own picture: large as a mirror until the other is seen, then in a corner; a tap moves it on.
 * @param {{ alone: boolean }} props
 */
function Self({ alone }) {
  const [corner, setCorner] = useState(0);
  const opened = ownMedia.value;
  if (opened && !opened.video) return html`<${NoPicture} fault=${opened.fault} audio=${opened.audio} />`;
  return html`<button class="self ${alone ? "alone" : `corner-${corner}`}" type="button" aria-label=${t("interview.move")}
    disabled=${alone} onClick=${() => setCorner((corner + 1) % 4)}>
    <${OwnPicture} stream=${opened?.stream ?? null} label=${t("interview.self")} />
  </button>`;
}

/** @param {{ fault: string | null, audio: boolean }} props */
function NoPicture({ fault, audio }) {
  const [closed, setClosed] = useState(false);
  const [choosing, setChoosing] = useState(false);
  if (closed) return null;
  if (choosing) {
    return html`<section class="no-picture choosing">
      <${Ways} done=${() => setChoosing(false)} />
      <button class="button small" type="button" onClick=${() => setChoosing(false)}>${t("media.go_on")}</button>
    </section>`;
  }
  return html`<section class="no-picture" role="status">
    <p><b>${t(audio ? "interview.sound_only" : "interview.listen_only")}</b>
      ${fault && t(`media.${fault}`)}</p>
    <div class="actions">
      ${fault !== "missing" && html`<button class="button small" type="button" onClick=${askAgain}>
        ${t("media.again")}</button>`}
      <button class="button small" type="button" onClick=${() => setChoosing(true)}>${t("media.other_way")}</button>
      <button class="button small" type="button" onClick=${() => setClosed(true)}>${t("media.go_on")}</button>
    </div>
  </section>`;
}

/** Which of the own tracks are switched off by the person. */
const off = { audio: signal(false), video: signal(false) };

/** @param {"audio" | "video"} kind */
function toggle(kind) {
  off[kind].value = !off[kind].value;
  ownMedia.value?.stream?.getTracks().filter((track) => track.kind === kind)
    .forEach((track) => (track.enabled = !off[kind].value));
}

/** @param {{ ticketId: string, room: Room }} props */
function Controls({ ticketId, room }) {
  const [asking, setAsking] = useState(false);
  const { stay, opener } = useQuestion(asking);
  const media = ownMedia.value;
  const turnCamera = async () => {
    const stream = ownMedia.value?.stream;
    if (!stream || !(await switchCamera(stream).catch(() => false))) return;
    ownMedia.value = { .../** @type {import("../shared/media.js").OpenedMedia} */ (media) };
    await room.setTracks(stream);
  };
  const hangUp = () => {
    room.leave();
    goOut(ticketId);
  };
  if (asking) {
    return html`<div class="controls confirm" role="group" aria-label=${t("interview.leave")}>
      <p>${t("interview.leave_ask")}</p>
      <button class="button" type="button" ref=${stay} onClick=${() => setAsking(false)}>${t("interview.stay")}</button>
      <button class="button danger" type="button" onClick=${hangUp}>${t("interview.leave_yes")}</button>
    </div>`;
  }
  return html`<div class="controls">
    <${Toggle} kind="audio" icon="mic" has=${media?.audio} />
    <${Toggle} kind="video" icon="video" has=${media?.video} />
    <button class="button round" type="button" aria-label=${t("interview.switch")} title=${t("interview.switch")}
      disabled=${!media?.video} onClick=${turnCamera}><${Icon} name="switch-camera" /></button>
    <button class="button round hang-up" type="button" aria-label=${t("interview.leave")} title=${t("interview.leave")}
      ref=${opener} onClick=${() => setAsking(true)}><${Icon} name="phone-off" /></button>
  </div>`;
}

/** @param {{ kind: "audio" | "video", icon: string, has: boolean | undefined }} props */
function Toggle({ kind, icon, has }) {
  const isOff = off[kind].value;
  const label = t(`interview.${kind}_${isOff ? "on" : "off"}`);
  return html`<button class="button round ${isOff ? "off" : ""}" type="button" aria-label=${label} title=${label}
    disabled=${!has} onClick=${() => toggle(kind)}><${Icon} name=${isOff ? `${icon}-off` : icon} /></button>`;
}

/** @param {{ onTake: () => void }} props */
function TakenOver({ onTake }) {
  return html`<main class="page come">
    <${Icon} name="monitor" />
    <h1>${t("taken_over.title")}</h1>
    <p class="lead">${t("taken_over.what")}</p>
    <button class="button primary" type="button" onClick=${onTake}>${t("taken_over.here")}</button>
  </main>`;
}
