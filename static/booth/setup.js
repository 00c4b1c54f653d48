/** Before the first person: which desk, and whether picture and sound work. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { fairId } from "../shared/api.js";
import { Icon, LanguageSwitch } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { OwnPicture } from "../shared/picture.js";
import { unlockSound } from "../shared/sound.js";
import { deskName, employerName } from "./plan.js";

/**
 * @typedef {import("./plan.js").PlanBooth} PlanBooth
 * @typedef {import("./plan.js").PlanDesk} PlanDesk
 * @typedef {import("./camera.js").Camera} Camera
 */

/**
 * @param {{ booth: PlanBooth, camera: Camera, link: import("../shared/net.js").Link,
 *   go: (desk: PlanDesk) => void }} props
 */
export function Setup({ booth, camera, link, go }) {
  const [deskId, setDeskId] = useState(booth.desks[0]?.desk_id);
  const desk = booth.desks.find((one) => one.desk_id === deskId);
  const enter = () => {
    unlockSound();
    if (desk) go(desk);
  };
  return html`<main class="entry setup">
    <div class="card entry-card">
      <p class="quiet-text">${t("booth.number", { number: booth.number })} · ${employerName(booth)}</p>
      ${booth.desks.length > 1
        ? html`<${DeskChoice} booth=${booth} link=${link} deskId=${deskId} setDeskId=${setDeskId} />`
        : html`<h1>${deskName(desk)}</h1>`}
      ${booth.mode === "onsite" ? html`<p>${t("setup.onsite")}</p>` : html`<${Preview} camera=${camera} />`}
      <button class="button primary wide" type="button" id="enter-desk" onClick=${enter}>${t("setup.go")}</button>
      <a class="prepare-link" href=${`/f/${fairId()}/booth/prepare`}>${t("setup.prepare")}</a>
    </div>
    <${LanguageSwitch} />
  </main>`;
}

/**
 * @param {{ booth: PlanBooth, link: import("../shared/net.js").Link, deskId: string | undefined,
 *   setDeskId: (id: string) => void }} props
 */
function DeskChoice({ booth, link, deskId, setDeskId }) {
  const cells = link.cells("booth").value;
  /** @param {string} id */
  const taken = (id) => (cells[`desk/${id}`]?.state ?? "closed") !== "closed";
  return html`<h1>${t("setup.heading")}</h1>
    <fieldset class="desk-choice">
      <legend>${t("setup.lead", { number: booth.number, n: booth.desks.length })}</legend>
      ${booth.desks.map((desk) => html`<label class="desk-option">
        <input type="radio" name="desk" value=${desk.desk_id} checked=${desk.desk_id === deskId}
          onChange=${() => setDeskId(desk.desk_id)} />
        <b>${deskName(desk)}</b>
        <span class="quiet-text">${t(taken(desk.desk_id) ? "setup.desk_taken" : "setup.desk_free")}</span>
      </label>`)}
    </fieldset>`;
}

/** @param {{ camera: Camera }} props */
export function Preview({ camera }) {
  const stream = camera.stream.value;
  const fault = camera.fault.value;
  useEffect(() => {
    void openIfAllowed(camera);
  }, []);
  return html`<section class="preview" aria-label=${t("setup.camera")}>
    <div class="preview-frame">
      ${stream ? html`<${OwnPicture} stream=${stream} label=${t("video.own")} />`
        : html`<p>${t("setup.camera_ask")}</p>`}
    </div>
    ${stream ? html`<p class="quiet-text">${t("setup.camera_lead")}</p>`
      : html`<button class="button wide" type="button" disabled=${camera.opening.value}
          onClick=${() => camera.open()}><${Icon} name="video" />${t("setup.camera_on")}</button>`}
    ${fault && html`<p class="wait-note" role="alert"><${Icon} name="info" />
      <span>${t(`setup.media_${fault}`)} ${t("setup.camera_skip")}</span></p>`}
  </section>`;
}

/**
 * Open without asking where this page was allowed before.
 * @param {Camera} camera
 */
async function openIfAllowed(camera) {
  const names = /** @type {PermissionName[]} */ (["camera", "microphone"]);
  try {
    const states = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
    if (states.every((one) => one.state === "granted") && !camera.stream.value) await camera.open();
  } catch {
    // A browser that cannot say so asks at the tap.
  }
}
