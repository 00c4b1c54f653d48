/** The outcome of an interview: seven keys, a reason for one of them, a note. */
import { html } from "../vendor/ui.js";
import { t } from "../shared/i18n.js";
import { keyOf } from "./keys.js";
import { OUTCOMES, REASONS } from "./next_step.js";

/**
 * @typedef {import("./model.js").Draft} Draft
 */

/**
 * @param {{ draft: Draft, edit: (part: Partial<Draft>) => void, compact?: boolean,
 *   delegated?: boolean }} props ``delegated``: who passes is forwarded to the employer;
 *   ``compact`` leaves the key numbers and the note away
 */
export function OutcomeKeys({ draft, edit, compact = false, delegated = false }) {
  return html`<div class=${compact ? "outcome compact" : "outcome"}>
    <fieldset class="outcome-keys">
      <legend class="visually-hidden">${t("outcome.legend")}</legend>
      ${OUTCOMES.map((outcome, index) => html`<button class="outcome-key" type="button"
        data-outcome=${outcome} ...${compact ? {} : keyOf(String(index + 1))} aria-pressed=${draft.outcome === outcome}
        onClick=${() => edit({ outcome })}>
        ${!compact && html`<kbd class="figures">${index + 1}</kbd>`}<span>${t(delegated && outcome === "shortlisted" ? "outcome.forwarded" : `outcome.${outcome}`)}</span>
      </button>`)}
    </fieldset>
    ${draft.outcome === "not_suitable" && html`<${Reasons} draft=${draft} edit=${edit} />`}
    ${!compact && html`<${Note} draft=${draft} edit=${edit} />`}
  </div>`;
}

/** @param {{ draft: Draft, edit: (part: Partial<Draft>) => void }} props */
function Reasons({ draft, edit }) {
  return html`<fieldset class="reasons">
    <legend>${t("outcome.reason")}</legend>
    ${REASONS.map((reason) => html`<button class="chip" type="button" data-reason=${reason}
      aria-pressed=${draft.reason === reason}
      onClick=${() => edit({ reason: draft.reason === reason ? null : reason })}>
      ${t(`reason.${reason}`)}</button>`)}
  </fieldset>`;
}

/** @param {{ draft: Draft, edit: (part: Partial<Draft>) => void }} props */
function Note({ draft, edit }) {
  /** @param {{ currentTarget: HTMLTextAreaElement }} event */
  const typed = ({ currentTarget }) => edit({ note: currentTarget.value });
  return html`<div class="field note">
    <label for="note">${t("outcome.note")}</label>
    <textarea class="input" id="note" rows="2" maxlength="2000" aria-describedby="note-hint"
      value=${draft.note} onInput=${typed}></textarea>
    <span class="help" id="note-hint">${t("outcome.note_hint")}</span>
  </div>`;
}
