/** Handing a person over: choose a booth, wait for the person's word, see it. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { Dialog } from "../shared/dialog.js";
import { Icon, Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { employerName } from "./plan.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("./plan.js").PlanBooth} PlanBooth
 */

/** @param {{ model: DeskModel }} props */
export function HandOverChoice({ model }) {
  const { link } = model;
  const [note, setNote] = useState("");
  useEffect(() => {
    // Who works where is asked only while it is looked at.
    link.watch("hall");
    return () => link.unwatch("hall");
  }, [link]);
  const cells = link.cells("hall").value;
  const idle = (/** @type {PlanBooth} */ { booth_id }) => Number(!cells[`booth/${booth_id}`]?.desks_working);
  const others = model.plan.booths.filter((one) => one.booth_id !== model.booth.booth_id)
    .sort((a, b) => idle(a) - idle(b));
  const close = () => (model.opened.value = null);
  return html`<${Dialog} title=${t("hand_over.title", { number: String(model.ticket.value?.number ?? "") })} close=${close}>
    <p class="quiet-text">${t("hand_over.lead")}</p>
    <${Trouble} error=${model.fault.value} />
    <div class="field"><label for="hand-over-words">${t("hand_over.note")}</label>
      <textarea class="input" id="hand-over-words" rows="2" maxlength="500" aria-describedby="hand-over-hint" value=${note}
        onInput=${(/** @type {any} */ event) => setNote(event.currentTarget.value)}></textarea>
      <span class="help" id="hand-over-hint">${t("hand_over.note_hint")}</span></div>
    <ul class="booth-choice">
      ${model.booth.desks.length > 1 && html`<li><${Choice} model=${model} booth=${model.booth} note=${note} /></li>`}
      ${others.map((one) => html`<li key=${one.booth_id}><${Choice} model=${model} booth=${one} note=${note} /></li>`)}
    </ul>
  <//>`;
}

/** @param {{ model: DeskModel, booth: PlanBooth, note: string }} props */
function Choice({ model, booth, note }) {
  const cell = model.link.cells("hall").value[`booth/${booth.booth_id}`];
  const own = booth.booth_id === model.booth.booth_id;
  const manned = cell ? t(cell.desks_working > 0 ? "hand_over.waiting" : "hand_over.nobody", { n: cell.waiting }) : "";
  return html`<button class="booth-option" type="button" disabled=${model.busy.value !== null}
    onClick=${() => model.offerHandOver(booth.booth_id, note)}>
    <b>${t("booth.number", { number: booth.number })}</b>
    <span>${own ? t("hand_over.colleague") : employerName(booth)}</span>
    <small class="quiet-text">${manned}</small></button>`;
}

/** What became of the offer, under the headline. @param {{ model: DeskModel }} props */
export function HandOverNote({ model }) {
  const ticket = model.ticket.value;
  if (ticket?.state !== "interviewing") return null;
  const to = ticket.hand_over_to ?? model.declined.value;
  if (!to) return null;
  const number = model.plan.booths.find((one) => one.booth_id === to)?.number ?? to;
  return html`<p class=${ticket.hand_over_to ? "hand-over-note" : "hand-over-note declined"} role="status">
    <${Icon} name=${ticket.hand_over_to ? "clock" : "info"} />
    <span>${t(ticket.hand_over_to ? "hand_over.offered" : "hand_over.declined", { number })}</span></p>`;
}
