/** The right column: the picture, the controls under it, the timer. */
import { html } from "../vendor/ui.js";
import { BesideGuest } from "../guest/beside.js";
import { BesideRecording } from "../recording/beside.js";
import { Beside } from "../shared/beside.js";
import { Icon, useTick } from "../shared/components.js";
import { OwnPicture, RemotePicture } from "../shared/picture.js";
import { stopwatch, t } from "../shared/i18n.js";
import { Key, keyOf } from "./keys.js";
import { OWN_KEYS, talked } from "./next_step.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("./camera.js").Camera} Camera
 * @typedef {import("./call.js").Call} Call
 */

/** @param {{ model: DeskModel, camera: Camera, call: Call }} props */
export function VideoColumn({ model, camera, call }) {
  const onsite = model.booth.mode === "onsite";
  return html`<section class="column video-column" aria-label=${t("video.heading")}>
    ${onsite || model.byPhone
      ? html`<p class="no-picture"><${Icon} name=${onsite ? "users" : "phone"} />
          <span>${t(onsite ? "video.onsite" : "video.by_phone")}</span></p>`
      : html`<${Stage} model=${model} camera=${camera} call=${call} />`}
    <${Timer} model=${model} />
    <${Keys} model=${model} />
  </section>`;
}

/** @param {{ model: DeskModel, camera: Camera, call: Call }} props */
function Stage({ model, camera, call }) {
  const remote = call.remote.value;
  const number = String(model.ticket.value?.number ?? "");
  const own = html`<${OwnPicture} stream=${camera.stream.value} label=${t("video.own")} />`;
  return html`<div class=${remote ? "stage in-call" : "stage"}>
      ${remote && html`<${RemotePicture} stream=${remote} label=${t("video.remote", { number })} />`}
      <div class="own">
        ${camera.stream.value && camera.pictureOn.value ? own
          : html`<p class="own-off">${t("video.own_off")}</p>`}
        ${!remote && html`<span class="own-caption">${t("video.own")}</span>`}
      </div>
      <${StageNote} model=${model} call=${call} />
    </div>
    <${GoneNote} camera=${camera} />
    <${Controls} camera=${camera} call=${call} />
    <${Third} model=${model} camera=${camera} />
    <${Recording} model=${model} camera=${camera} call=${call} />
    ${call.room.value && html`<${Beside} part="DeskBeside" room=${call.room.value} key=${call.room.value.ticketId}
      callByPhone=${model.step.value === "connecting" ? () => void model.act("phone") : null} />`}`;
}

/** The third person, under the picture. @param {{ model: DeskModel, camera: Camera }} props */
function Third({ model, camera }) {
  const ticket = model.ticket.value;
  if (!ticket?.guest) return null;
  const ticketId = ticket.ticket_id;
  return html`<${BesideGuest} part="DeskGuest" key=${ticket.guest.guest_id} link=${model.link} ticketId=${ticketId}
    guest=${ticket.guest} getGuest=${() => model.ticketOf(ticketId)?.guest} stream=${camera.stream.value} />`;
}

/** Where the fair allows it: asking to record, and the sign. @param {{ model: DeskModel, camera: Camera, call: Call }} props */
function Recording({ model, camera, call }) {
  const ticket = model.ticket.value;
  const talks = ticket?.state === "interviewing" && (model.fairCell.value?.recording || ticket.recording);
  if (!talks) return null;
  return html`<${BesideRecording} part="DeskRecording" key=${ticket.ticket_id} link=${model.link} fairId=${model.plan.fair_id}
    ticket=${ticket} room=${call.room.value} own=${camera.stream.value} />`;
}

/** @param {{ model: DeskModel, call: Call }} props */
function StageNote({ model, call }) {
  const state = call.room.value?.state.value;
  const ticket = model.ticket.value;
  if (ticket?.way === "audio" && state === "live") {
    return html`<p class="stage-note sound-only" role="status"><${Icon} name="mic" />
      ${t("way.audio", { number: String(ticket.number) })}</p>`;
  }
  if (!state || state === "live") return null;
  if (ticket?.way === "station") {
    return html`<p class="stage-note" role="status">${t("way.station", { number: String(ticket.number) })}</p>`;
  }
  if (state === "taken_over") {
    return html`<div class="stage-note"><p role="alert">${t("video.taken")}</p>
      <button class="button" type="button" onClick=${() => call.takeBack()}>${t("video.take_back")}</button>
    </div>`;
  }
  return html`<p class="stage-note" role="status">${t(state === "lost" ? "video.lost" : "video.connecting")}</p>`;
}

/** A camera or a microphone that went away, and the way back. @param {{ camera: Camera }} props */
function GoneNote({ camera }) {
  const gone = camera.gone.value;
  if (!gone) return null;
  return html`<div class="gone-note"><p role="alert"><${Icon} name="triangle-alert" />${t(`video.gone_${gone}`)}</p>
    <button class="button small" type="button" disabled=${camera.opening.value}
      onClick=${() => camera.open()}>${t("video.start_media")}</button></div>`;
}

/** @param {{ camera: Camera, call: Call }} props */
function Controls({ camera, call }) {
  const quality = call.room.value?.quality.value;
  if (!camera.stream.value) {
    return html`<div class="controls"><button class="button" type="button" disabled=${camera.opening.value}
      onClick=${() => camera.open()}><${Icon} name="video" />${t("video.start_media")}</button></div>`;
  }
  const mic = camera.micOn.value;
  const picture = camera.pictureOn.value;
  return html`<div class="controls">
    <button class="button round" type="button" aria-label=${t(mic ? "video.mute" : "video.unmute")}
      title=${t(mic ? "video.mute" : "video.unmute")} data-off=${!mic} ...${keyOf(OWN_KEYS.mute)}
      onClick=${() => camera.toggleMic()}>
      <${Icon} name=${mic ? "mic" : "mic-off"} /><${Key} of=${OWN_KEYS.mute} /></button>
    <button class="button round" type="button" aria-label=${t(picture ? "video.camera_off" : "video.camera_on")}
      title=${t(picture ? "video.camera_off" : "video.camera_on")} data-off=${!picture}
      ...${keyOf(OWN_KEYS.camera)} onClick=${() => camera.togglePicture()}>
      <${Icon} name=${picture ? "video" : "video-off"} /><${Key} of=${OWN_KEYS.camera} /></button>
    ${quality && html`<span class=${`quality ${quality}`}>
      <${Icon} name=${{ good: "signal-high", fair: "signal-medium", poor: "signal-low" }[quality]} />
      ${t(`quality.${quality}`)}</span>`}
  </div>`;
}

/** @param {{ model: DeskModel }} props */
function Timer({ model }) {
  useTick(500);
  const ticket = model.ticket.value;
  const usual = model.boothCell.value?.minutes ?? model.booth.minutes;
  const running = ticket?.state === "interviewing";
  if (!ticket || !running) return null;
  const ms = talked(ticket, model.link.now());
  const stopped = ticket.room !== null && ticket.room.talking_since === null;
  const over = ms > usual * 60_000;
  return html`<div class=${`timer ${over ? "over" : ""} ${stopped ? "stopped" : ""}`}>
    <p class="timer-label">${t("timer.label")}</p>
    <p class="timer-figures figures" role="timer" aria-label=${t("timer.label")}>${stopwatch(ms)}</p>
    <progress max=${usual * 60} value=${Math.min(usual * 60, ms / 1000)} aria-hidden="true"></progress>
    <p class="timer-usual">${stopped ? t("timer.stopped") : t(over ? "timer.over" : "timer.usual", { n: usual })}
      ${over && model.line.value.length > 0 && html` · ${t("timer.waiting", { n: model.line.value.length })}`}</p>
  </div>`;
}

/** @param {{ model: DeskModel }} props */
function Keys({ model }) {
  return html`<section class="keys" aria-labelledby="keys-heading">
    <h2 id="keys-heading">${t("keys.heading")}</h2>
    <ul>
      <li><kbd>${t("keys.space")}</kbd> ${t("keys.primary")} (${t("keys.finish")})</li>
      <li><kbd>1</kbd>–<kbd>7</kbd> ${t("keys.outcome")}</li>
    </ul>
    <button class="link-button" type="button" aria-haspopup="dialog" ...${keyOf(OWN_KEYS.help)}
      onClick=${() => (model.helping.value = true)}>${t("keys.all")}<${Key} of=${OWN_KEYS.help} /></button>
  </section>`;
}
