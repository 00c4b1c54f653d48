/** All keys at a glance, and the switch for who is hindered by them. */
import { html } from "../vendor/ui.js";
import { Dialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { keysOn, setKeys } from "./keys.js";
import { KEYS, OUTCOMES, OWN_KEYS } from "./next_step.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("./next_step.js").ActName} ActName
 */

/** The acts as a day goes. */
const TURN = /** @type {ActName[]} */ (["open", "start", "missed", "phone", "finish", "hand_over", "invite"]);
const AFTER = /** @type {ActName[]} */ (["save", "later", "next", "appoint", "publish", "second"]);
const DESK = /** @type {ActName[]} */ (["pause", "pause_booth", "close"]);

/** @param {{ model: DeskModel }} props */
export function KeysHelp({ model }) {
  const close = () => (model.helping.value = false);
  const online = model.booth.mode !== "onsite";
  const known = (/** @type {ActName} */ name) => online || (name !== "phone" && name !== "invite");
  return html`<${Dialog} title=${t("keys.heading")} close=${close}>
    <p class="quiet-text">${t("keys.lead")}</p>
    <div class="keys-help">
      <${Group} title=${t("keys.turn")} rows=${[[t("keys.space"), `${t("keys.primary")} (${t("keys.finish")})`],
        ...TURN.filter(known).map(actRow)]} />
      <${Group} title=${t("keys.after")} rows=${[...OUTCOMES.map((name, index) =>
        [String(index + 1), t(`outcome.${name}`)]), ...AFTER.map(actRow)]} />
      <${Group} title=${t("keys.desk")} rows=${[...DESK.map(actRow),
        ...(online ? [[OWN_KEYS.mute, t("keys.mute")], [OWN_KEYS.camera, t("keys.camera")]] : []),
        ...(online && model.fairCell.value?.recording ? [["R", t("keys.record")]] : []), [OWN_KEYS.help, t("keys.help")]]} />
    </div>
    <label class="check tight"><input type="checkbox" checked=${keysOn.value}
      onChange=${(/** @type {any} */ event) => setKeys(event.currentTarget.checked)} />
      <span>${t("keys.on")}</span></label>
  <//>`;
}

/** @param {ActName} name */
const actRow = (name) => [KEYS[name], t(name === "publish" || name === "second" ? `after.${name}` : `act.${name}`)];

/** @param {{ title: string, rows: string[][] }} props */
function Group({ title, rows }) {
  return html`<section><h3>${title}</h3>
    <dl class="key-list">${rows.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}</dl>
  </section>`;
}
