/** The fair's rules while it runs: a few of them, in words, changed together. */
import { html, useState } from "../vendor/ui.js";
import { Dialog } from "../shared/dialog.js";
import { Trouble } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";
import { KNOB, endOf, knobIndex } from "./rules.js";

/**
 * @typedef {import("./model.js").ControlModel} ControlModel
 * @typedef {import("./cells.js").Settings} Settings
 * @typedef {{ settings: Settings, ends: string }} Draft
 * @typedef {{ draft: Draft, edit: (part: Partial<Settings>) => void }} Fields
 */

/** @param {{ model: ControlModel }} props */
export function SettingsDialog({ model }) {
  const now = model.settings.value;
  const endsAt = model.fair.value?.ends_at ?? null;
  const [draft, setDraft] = useState(/** @type {Draft | null} */ (null));
  const shown = draft ?? (now && { settings: now, ends: endsAt ? clock(endsAt) : "" });
  const close = () => (model.settingsOpen.value = false);
  if (!shown) return null;
  const edit = (/** @type {Partial<Settings>} */ part) =>
    setDraft({ ...shown, settings: { ...shown.settings, ...part } });
  const save = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const ends = endOf(shown.ends, endsAt, model.plan.date);
    const done = await model.act("change_settings", { settings: shown.settings, ends_at: ends });
    if (done) close();
  };
  return html`<${Dialog} title=${t("settings.title")} close=${close}>
    <form class="settings" onSubmit=${save}>
      <p class="quiet-text">${t("settings.lead")}</p>
      <${Knob} draft=${shown} edit=${edit} />
      <${Count} name="join_limit" low=${1} high=${10} draft=${shown} edit=${edit} />
      <${Count} name="deck_per_desk" low=${0} high=${3} draft=${shown} edit=${edit} />
      <${Count} name="accept_online_s" low=${5} high=${600} draft=${shown} edit=${edit} />
      <${Count} name="accept_onsite_s" low=${5} high=${600} draft=${shown} edit=${edit} />
      <${Recording} draft=${shown} edit=${edit} />
      <div class="setting">
        <label for="set-ends">${t("settings.ends")}</label>
        <input class="input figures" id="set-ends" type="time" value=${shown.ends}
          onInput=${(/** @type {any} */ event) => setDraft({ ...shown, ends: event.target.value })} />
        <span class="help">${t("settings.ends_help")}</span>
      </div>
      <${Trouble} error=${model.fault.value} />
      <div class="settings-acts">
        <button class="button" type="button" onClick=${close}>${t("settings.cancel")}</button>
        <button class="button primary" disabled=${!draft || model.busy.value !== null}>${t("settings.save")}</button>
      </div>
    </form>
  <//>`;
}

/** From first come, first served to none had yet first. @param {Fields} props */
function Knob({ draft, edit }) {
  const minutes = draft.settings.none_yet_first_min;
  const index = knobIndex(minutes);
  const word = index === 0 ? "settings.knob_first_come"
    : index === KNOB.length - 1 ? "settings.knob_none_yet" : "settings.knob_between";
  const turn = (/** @type {any} */ event) => edit({ none_yet_first_min: KNOB[Number(event.target.value)] ?? minutes });
  return html`<div class="setting knob">
    <label for="set-knob">${t("settings.knob")}</label>
    <input id="set-knob" type="range" min="0" max=${KNOB.length - 1} step="1" value=${index} onInput=${turn}
      aria-valuetext=${t(word, { n: minutes })} />
    <p class="knob-ends small-text" aria-hidden="true"><span>${t("settings.knob_low")}</span><span>${t("settings.knob_high")}</span></p>
    <p class="help" role="status">${t(word, { n: minutes })}</p>
  </div>`;
}

/** Whether interviews may be recorded, and for how long recordings are kept. @param {Fields} props */
function Recording({ draft, edit }) {
  const turn = (/** @type {any} */ event) => edit({ recording: event.currentTarget.checked });
  return html`<div class="setting">
      <label class="check tight"><input type="checkbox" checked=${draft.settings.recording} onChange=${turn} />
        <span>${t("settings.recording")}</span></label>
      <span class="help">${t("settings.recording_help")}</span>
    </div>
    ${draft.settings.recording && html`<${Count} name="recording_keep_days" low=${1} high=${365} draft=${draft} edit=${edit} />`}`;
}

/**
 * @param {Fields & { name: "join_limit" | "deck_per_desk" | "accept_online_s" | "accept_onsite_s" | "recording_keep_days",
 *   low: number, high: number }} props
 */
function Count({ name, low, high, draft, edit }) {
  const typed = (/** @type {any} */ event) => {
    if (event.target.validity.valid) edit({ [name]: event.target.valueAsNumber });
  };
  return html`<div class="setting">
    <label for=${`set-${name}`}>${t(`settings.${name}`)}</label>
    <input class="input figures" id=${`set-${name}`} type="number" inputmode="numeric" required min=${low} max=${high}
      step="1" value=${draft.settings[name]} onInput=${typed} />
    <span class="help">${t(`settings.${name}_help`)}</span>
  </div>`;
}
