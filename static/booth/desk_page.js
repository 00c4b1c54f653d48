/** The desk itself: the bar above and the three columns. */
import { html, useEffect } from "../vendor/ui.js";
import { ConnectionLine, LanguageSwitch } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { chime } from "../shared/sound.js";
import { AppointmentChoice } from "./appointment.js";
import { HandOverChoice } from "./hand_over.js";
import { listenToKeys } from "./keys.js";
import { KeysHelp } from "./keys_help.js";
import { LineColumn } from "./line_column.js";
import { PersonColumn } from "./person_column.js";
import { deskName, employerName } from "./plan.js";
import { SecondInterviewChoice } from "./second_interview.js";
import { VideoColumn } from "./video_column.js";

/**
 * @param {{ model: import("./model.js").DeskModel, camera: import("./camera.js").Camera,
 *   call: import("./call.js").Call, changeDesk: () => void }} props
 */
export function DeskPage({ model, camera, call, changeDesk }) {
  useEffect(listenToKeys, []);
  useArrivalSound(model);
  const canChange = model.booth.desks.length > 1 && ["closed", "paused"].includes(model.step.value);
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
      <${LanguageSwitch} />
    </header>
    <main class="columns" data-step=${model.step.value}>
      <${LineColumn} model=${model} />
      <${PersonColumn} model=${model} />
      <${VideoColumn} model=${model} camera=${camera} call=${call} />
    </main>
    ${model.helping.value && html`<${KeysHelp} model=${model} />`}
    ${model.opened.value === "hand_over" && html`<${HandOverChoice} model=${model} />`}
    ${model.secondFor.value !== null && html`<${SecondInterviewChoice} model=${model} />`}
    ${model.opened.value === "appoint" && html`<${AppointmentChoice} model=${model} />`}
  </div>`;
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
