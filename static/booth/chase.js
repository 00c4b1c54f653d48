/** Outcomes that nobody has recorded yet: asked for on the same day, one tap each. */
import { html } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";
import { OUTCOMES } from "./next_step.js";

/** @param {{ model: import("./model.js").DeskModel }} props */
export function Chase({ model }) {
  const [first, ...rest] = model.pending.value;
  if (!first || model.step.value === "outcome") return null;
  const save = (/** @type {string} */ outcome) => model.correct(first.ticket_id, { outcome, reason: null, note: "" });
  return html`<section class="chase" aria-labelledby="chase-heading">
    <h2 id="chase-heading">${t("chase.heading", { n: rest.length + 1 })}</h2>
    <p><b class="ticket-number figures">${first.number}</b>
      <span class="since figures">${t("met.at", { time: clock(first.finished_at ?? first.since) })}</span></p>
    <div class="chase-keys">${OUTCOMES.filter((one) => one !== "pending").map((outcome) => html`<button
      class="chip" type="button" disabled=${model.busy.value !== null} onClick=${() => save(outcome)}>
      ${t(`outcome.${outcome}`)}<span class="visually-hidden"> ${t("number.of", { number: String(first.number) })}</span></button>`)}</div>
    <${Trouble} error=${model.step.value === "next" ? null : model.fault.value} />
  </section>`;
}
