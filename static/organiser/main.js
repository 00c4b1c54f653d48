/** The control room's page: sign in, then the fair at a glance. */
import { effect, html, render, signal } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { ConnectionLine, Icon, LanguageSwitch, Trouble } from "../shared/components.js";
import { date, either, loadWords, t } from "../shared/i18n.js";
import { keep, recall } from "../shared/keep.js";
import { connect } from "../shared/net.js";
import { BesideCodes } from "../codes/beside.js";
import { BesideDevices } from "../devices/beside.js";
import { BesideSignIns } from "../sign_ins/beside.js";
import { reenter, staffEntry } from "../shared/staff_entry.js";
import { Alarms } from "./alarms.js";
import { Curve } from "./curve.js";
import { FairState } from "./fair_state.js";
import { LineDialog } from "./line.js";
import { ControlModel } from "./model.js";
import { Promises } from "./promises.js";
import { SettingsDialog } from "./settings.js";
import { Tiles } from "./tiles.js";
import { Outcomes, Totals } from "./totals.js";

/** @typedef {import("../shared/staff_entry.js").Session} Session */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

/** Chosen by hand, or what the computer prefers. */
const dark = signal(recall("local", "fs_theme") === null
  ? prefersDark.matches : recall("local", "fs_theme") === "dark");

/** @param {Session} session */
async function openControl(session) {
  if (session.role !== "organiser" && session.role !== "support") {
    throw { code: "not_permitted", message: t("entry.elsewhere") };
  }
  const plan = await api("GET", `/api/fairs/${fairId()}`);
  const link = connect({
    fairId: plan.fair_id, slot: session.slot, views: ["control"], onClosed: reenter,
  });
  const model = new ControlModel(link, plan, session.role === "organiser");
  render(html`<${ControlRoom} model=${model} />`, root);
}

/** @param {{ model: ControlModel }} props */
function ControlRoom({ model }) {
  const { plan } = model;
  return html`<header class="top-bar">
      <div class="fair-title">
        <h1>${either(plan.name)}</h1>
        <p class="quiet-text">${t("fair.when", { date: date(plan.date), starts: plan.starts, ends: plan.ends })}</p>
      </div>
      <${ConnectionLine} link=${model.link} />
      <${ThemeSwitch} />
      <button class="button quiet small" type="button" data-act="sign-ins" aria-haspopup="dialog"
        onClick=${() => (model.signInsOpen.value = true)}>${t("sign_ins.open")}</button>
      <${LanguageSwitch} />
    </header>
    <main class="control">
      <${Alarms} model=${model} />
      <${FairState} model=${model} />
      <${Totals} model=${model} />
      <${Tiles} model=${model} />
      <aside class="side">
        <${Curve} model=${model} />
        <${Promises} model=${model} />
        <${Outcomes} model=${model} />
      </aside>
    </main>
    ${model.signInsOpen.value && html`<${BesideSignIns} fairId=${plan.fair_id}
      numberOf=${(/** @type {string} */ id) => model.booths.get(id)?.number ?? id} sees=${model.mayAct ? "fair" : "self"} close=${() => (model.signInsOpen.value = false)} />`}
    ${model.settingsOpen.value && html`<${SettingsDialog} model=${model} />`}
    ${model.codesOpen.value && html`<${BesideCodes} fairId=${plan.fair_id}
      close=${() => (model.codesOpen.value = false)} />`}
    ${model.lineOf.value && html`<${LineDialog} model=${model} boothId=${model.lineOf.value} key=${model.lineOf.value} />`}
    ${model.devicesOf.value && html`<${BesideDevices} fairId=${plan.fair_id} booth=${model.devicesOf.value}
      close=${() => (model.devicesOf.value = null)} />`}`;
}

function ThemeSwitch() {
  const flip = () => {
    dark.value = !dark.value;
    keep("local", "fs_theme", dark.value ? "dark" : "light");
  };
  return html`<button class="button quiet small" type="button" onClick=${flip} data-act="theme">
    <${Icon} name=${dark.value ? "sun" : "moon"} />${t(dark.value ? "theme.light" : "theme.dark")}</button>`;
}

/** @param {{ message: string, code: string }} error */
function showTrouble(error) {
  render(html`<main class="entry"><div class="card entry-card"><${Trouble} error=${error} />
    <button class="button primary wide" type="button" onClick=${() => location.reload()}>
      ${t("entry.retry")}</button></div></main>`, root);
}

effect(() => {
  document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
});
await loadWords(["/static/shared/words", "/static/guidance/words", "/static/organiser/words"]);
effect(() => {
  document.title = t("control.title");
});
await staffEntry({ root, page: "control", go: openControl }).catch(showTrouble);
