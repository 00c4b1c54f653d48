// The rung of the call in words, and the choice of another one.
import { html, useState } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { leaner } from "../shared/ladder.js";

/**
 * @typedef {import("../shared/room.js").Room} Room
 * @typedef {import("../shared/room.js").Choice} Choice
 * @typedef {import("../shared/ladder.js").Rung} Rung
 */

const ICON = { video: "video", small: "video", audio: "mic", text: "message-square" };
const CHOICES = /** @type {Choice[]} */ (["auto", "small", "audio", "text"]);

/** The leaner of what the two send: what the call is now. @param {Room} room @returns {Rung} */
export const rungOf = (room) => leaner(room.sends.value, room.talk.other.value?.sends ?? "video");

/**
 * Why the call is on its rung: a person wants no more, or the network carries no more.
 * @param {Room} room
 * @param {Rung} rung
 */
function reasonOf(room, rung) {
  const other = room.talk.other.value;
  if (room.choice.value === rung) return room.thrifty.value ? "thrifty" : "mine";
  return other?.chosen && other.asks === rung ? "theirs" : "weak";
}

/**
 * A sentence while there is less than the full picture; the way back where a tap is one.
 * @param {{ room: Room }} props
 */
export function RungNotice({ room }) {
  const rung = rungOf(room);
  const reason = reasonOf(room, rung);
  const isLive = room.state.value === "live";
  return html`<div role="status" data-rung=${rung}>${isLive && rung !== "video" && html`<p class="beside-notice">
      <${Icon} name=${ICON[rung]} /><span>${t(`rung.${rung}`)} ${t(`rung.why_${reason}`)}</span></p>`}</div>
    ${isLive && reason === "thrifty" && rung !== "video" && html`<p class="beside-notice">
      <button class="button small" type="button" onClick=${() => choose(room, "auto")}>
        <${Icon} name="video" />${t("rung.picture_on")}</button></p>`}`;
}

/**
 * @param {Room} room
 * @param {Choice} choice
 */
function choose(room, choice) {
  room.thrifty.value = false;
  room.choice.value = choice;
}

/** Opens the choice; its own word is the rung now. @param {{ room: Room }} props */
export function RungButton({ room }) {
  const [open, setOpen] = useState(false);
  const rung = rungOf(room);
  return html`<button class="button small rung-button" type="button" aria-haspopup="dialog"
      onClick=${() => setOpen(true)}><${Icon} name=${ICON[rung]} /><span
      class="visually-hidden">${t("choice.heading")}: </span>${t(`rung.short_${rung}`)}</button>
    ${open && html`<${RungChoice} room=${room} close=${() => setOpen(false)} />`}`;
}

/** @param {{ room: Room, close: () => void }} props */
function RungChoice({ room, close }) {
  return html`<${Dialog} title=${t("choice.heading")} close=${close}>
    <fieldset class="rung-choice">
      <legend class="quiet-text">${t("choice.both")}</legend>
      ${CHOICES.map((choice) => html`<label class="check" key=${choice}>
        <input type="radio" name="rung" value=${choice} checked=${room.choice.value === choice}
          onChange=${() => choose(room, choice)} />
        <span><b>${t(`choice.${choice}`)}</b><br /><span class="quiet-text">${t(`choice.${choice}_what`)}</span></span>
      </label>`)}
    </fieldset>
  <//>`;
}

/** What has become of the other's camera, in words. @param {{ room: Room }} props */
export function EndNotice({ room }) {
  const key = endKey(room);
  return html`<div role="status">${key && html`<p class="beside-notice end-notice">
    <${Icon} name=${key === "hidden" ? "info" : "video-off"} /><span>${t(`end.${key}`)}</span></p>`}</div>`;
}

/** @param {Room} room */
function endKey({ talk }) {
  const other = talk.other.value;
  if (!other) return null;
  if (other.camera === "paused") return other.hidden ? "paused_hidden" : "paused";
  if (other.hidden) return "hidden";
  return other.camera === "off" ? "off" : null;
}

/**
 * The last rung: a telephone.
 * @param {{ room: Room, side: "candidate" | "desk", callByPhone?: (() => void) | null }} props
 */
export function PhoneOffer({ room, side, callByPhone }) {
  if (!room.offersPhone.value) return null;
  return html`<div class="beside-notice" role="status"><${Icon} name="phone" />
    <span>${t(side === "desk" ? "phone.offer_desk" : "phone.offer")}</span>
    ${callByPhone && html`<button class="button small" type="button" onClick=${callByPhone}>${t("phone.call")}</button>`}</div>`;
}
