/** The fair itself: open, pause, close; closing is asked again in its place. */
import { html, useState } from "../vendor/ui.js";
import { Icon, Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";

/** @typedef {import("./model.js").ControlModel} ControlModel */

const ICONS = /** @type {Record<string, string>} */ ({
  preparing: "clock", open: "circle-check", paused: "pause", closed: "circle-dot",
});

/** @param {{ model: ControlModel }} props */
export function FairState({ model }) {
  const [asking, setAsking] = useState(false);
  const state = model.fair.value?.state;
  if (!state) return null;
  return html`<section class=${`fair-state ${state}`} aria-live="polite">
    <p class="fair-word"><${Icon} name=${ICONS[state]} /><b>${t(`fair.${state}`)}</b>
      ${state !== "open" && html`<span class="quiet-text">${t(`fair.${state}_more`)}</span>`}</p>
    ${state !== "closed" && (asking
      ? html`<${AskClose} model=${model} done=${() => setAsking(false)} />`
      : html`<${FairActs} model=${model} state=${state} ask=${() => setAsking(true)} />`)}
    ${!model.settingsOpen.value && !model.lineOf.value && html`<${Trouble} error=${model.fault.value} />`}
  </section>`;
}

/** @param {{ model: ControlModel, state: string, ask: () => void }} props */
function FairActs({ model, state, ask }) {
  const busy = model.busy.value !== null;
  const open = state === "open";
  const openSettings = () => {
    model.fault.value = null;
    model.settingsOpen.value = true;
  };
  return html`<div class="fair-acts">
    ${model.mayAct && html`<button class="button quiet" type="button" data-act="settings"
      onClick=${openSettings}><${Icon} name="settings" />${t("settings.open")}</button>
      <button class="button quiet" type="button" data-act="new_code" aria-haspopup="dialog"
        onClick=${() => (model.codesOpen.value = true)}>${t("codes.open")}</button>`}
    ${open
      ? html`<button class="button" type="button" data-act="pause_fair" disabled=${busy}
          onClick=${() => model.act("pause_fair")}><${Icon} name="pause" />${t("fair.act_pause")}</button>`
      : html`<button class="button primary" type="button" data-act="open_fair" disabled=${busy}
          onClick=${() => model.act("open_fair")}>
          <${Icon} name="play" />${t(state === "paused" ? "fair.act_resume" : "fair.act_open")}</button>`}
    ${state !== "preparing" && html`<button class="button quiet" type="button" data-act="ask_close"
      disabled=${busy} onClick=${ask}>${t("fair.act_close")}</button>`}
  </div>`;
}

/** @param {{ model: ControlModel, done: () => void }} props */
function AskClose({ model, done }) {
  const waiting = model.totals.value?.waiting ?? 0;
  const close = async () => {
    await model.act("close_fair");
    done();
  };
  return html`<div class="ask-close" role="group" aria-label=${t("fair.act_close")}>
    <p>${waiting > 0 ? t("fair.ask", { n: waiting }) : t("fair.ask_none")}</p>
    <div class="fair-acts">
      <button class="button danger" type="button" data-act="close_fair" disabled=${model.busy.value !== null}
        onClick=${close}>${t("fair.yes")}</button>
      <button class="button" type="button" data-act="keep_open" onClick=${done}>${t("fair.no")}</button>
    </div>
  </div>`;
}
