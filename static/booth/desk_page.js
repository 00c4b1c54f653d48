/** The desk itself: the bar above and the three columns. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { ConnectionLine, LanguageSwitch } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { chime } from "../shared/sound.js";
import { BesideDevices } from "../devices/beside.js";
import { BesideGuest } from "../guest/beside.js";
import { BesideSignIns } from "../sign_ins/beside.js";
import { AppointmentChoice } from "./appointment.js";
import { HandOverChoice } from "./hand_over.js";
import { Invitation } from "./invited.js";
import { listenToKeys } from "./keys.js";
import { KeysHelp } from "./keys_help.js";
import { LineColumn } from "./line_column.js";
import { PersonColumn } from "./person_column.js";
import { deskName, employerName } from "./plan.js";
import { SecondInterviewChoice } from "./second_interview.js";
import { VideoColumn } from "./video_column.js";

/**
 * @param {{ model: import("./model.js").DeskModel, camera: import("./camera.js").Camera,
 *   call: import("./call.js").Call, changeDesk: () => void, join: () => void }} props
 */
export function DeskPage({ model, camera, call, changeDesk, join }) {
  useEffect(listenToKeys, []);
  useArrivalSound(model);
  const [pairing, setPairing] = useState(false);
  const [looking, setLooking] = useState(false);
  const atRest = ["closed", "paused"].includes(model.step.value);
  const canChange = atRest && model.booth.desks.length > 1;
  return html`<div class="booth-page">
    <header class="top-bar">
      <div class="who">
        <b>${t("booth.number", { number: model.booth.number })} · ${deskName(model.desk)}</b>
        <span class="quiet-text">${employerName(model.booth)}</span>
      </div>
      <span class="fair-name quiet-text">${either(model.plan.name)}</span>
      <${ConnectionLine} link=${model.link} />
      ${canChange && html`<button class="button quiet small" type="button" onClick=${changeDesk}>
        ${t("setup.change")}</button>`}
      ${atRest && html`<button class="button quiet small" type="button" data-act="devices" aria-haspopup="dialog"
        onClick=${() => setPairing(true)}>${t("devices.open")}</button>`}
      ${atRest && html`<button class="button quiet small" type="button" data-act="sign-ins" aria-haspopup="dialog"
        onClick=${() => setLooking(true)}>${t("sign_ins.open")}</button>`}
      <${LanguageSwitch} />
    </header>
    <${Invitation} model=${model} join=${join} />
    <main class="columns" data-step=${model.step.value}>
      <${LineColumn} model=${model} />
      <${PersonColumn} model=${model} />
      <${VideoColumn} model=${model} camera=${camera} call=${call} />
    </main>
    ${model.helping.value && html`<${KeysHelp} model=${model} />`}
    ${pairing && html`<${BesideDevices} fairId=${model.plan.fair_id} booth=${model.booth} close=${() => setPairing(false)} />`}
    ${looking && html`<${BesideSignIns} fairId=${model.plan.fair_id} sees="booth" numberOf=${() => model.booth.number} close=${() => setLooking(false)} />`}
    ${model.opened.value === "hand_over" && html`<${HandOverChoice} model=${model} />`}
    ${model.secondFor.value !== null && html`<${SecondInterviewChoice} model=${model} />`}
    ${model.opened.value === "invite" && html`<${BesideGuest} part="InviteChoice" link=${model.link}
      ticketId=${model.ticket.value?.ticket_id} number=${String(model.ticket.value?.number ?? "")}
      slow=${slowEnd(call)} close=${() => (model.opened.value = null)} />`}
    ${model.opened.value === "appoint" && html`<${AppointmentChoice} model=${model} />`}
  </div>`;
}

/**
 * Whose connection is too weak for one more person, if anybody's.
 * @param {import("./call.js").Call} call
 */
function slowEnd(call) {
  const room = call.room.value;
  const other = room?.talk.other.value;
  if (room?.quality.value === "poor" || (other && other.sends !== "video" && !other.chosen)) return "there";
  return room && room.sends.value !== "video" ? "here" : null;
}

/**
 * A soft chime when the person called has accepted: the recruiter may be looking elsewhere.
 * @param {import("./model.js").DeskModel} model
 */
function useArrivalSound(model) {
  const accepted = model.deskCell.value?.state === "connecting";
  useEffect(() => {
    if (accepted) chime(0.25);
  }, [accepted]);
}
