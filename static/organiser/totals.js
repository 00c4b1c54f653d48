/** The six large numbers, and the outcomes so far. */
import { html } from "../vendor/ui.js";
import { lang, t } from "../shared/i18n.js";
import { OUTCOMES } from "../booth/next_step.js";

/** @typedef {import("./model.js").ControlModel} ControlModel */

/** @param {{ model: ControlModel }} props */
export function Totals({ model }) {
  const totals = model.totals.value;
  const idle = totals?.desks_idle_with_waiting ?? 0;
  const six = /** @type {const} */ ([
    ["present", totals?.present],
    ["waiting", totals?.waiting],
    ["in_interview", totals?.in_interview],
    ["interviewed", totals?.interviewed],
    ["none_yet", totals?.none_yet],
    ["idle", totals?.desks_idle_with_waiting],
  ]);
  return html`<section class="totals" aria-label=${t("totals.heading")}>
    <dl>
      ${six.map(([name, value]) => html`<div class=${name === "idle" && idle > 0 ? "total alarm" : "total"}
        data-total=${name}>
        <dt>${t(`total.${name}`)}</dt>
        <dd class="figures">${value === undefined ? "–" : value.toLocaleString(lang.value)}</dd>
      </div>`)}
    </dl>
  </section>`;
}

/** @param {{ model: ControlModel }} props */
export function Outcomes({ model }) {
  const totals = model.totals.value;
  const counts = totals?.outcomes ?? {};
  const most = Math.max(1, ...Object.values(counts));
  return html`<section class="card side-card" aria-labelledby="outcomes-heading">
    <header class="section-head">
      <h2 id="outcomes-heading">${t("outcomes.heading")}</h2>
      <p class="calm figures">${t("outcomes.sum", { n: totals?.interviews ?? 0 })}</p>
    </header>
    <ul class="outcome-bars">
      ${OUTCOMES.map((outcome) => html`<li>
        <span>${t(`outcome.${outcome}`)}</span>
        <progress max=${most} value=${counts[outcome] ?? 0} aria-hidden="true"></progress>
        <b class="figures">${counts[outcome] ?? 0}</b>
      </li>`)}
    </ul>
    <dl class="side-figures figures">
      <div><dt>${t("outcomes.no_shows")}</dt><dd>${totals?.no_shows ?? 0}</dd></div>
      <div><dt>${t("outcomes.left")}</dt><dd>${totals?.left ?? 0}</dd></div>
      <div><dt>${t("outcomes.advice")}</dt><dd>${t("outcomes.advice_figures", {
        passed: totals?.advice_passed ?? 0, not_passed: totals?.advice_not_passed ?? 0 })}</dd></div>
      <div><dt>${t("outcomes.registered")}</dt><dd>${totals?.registered ?? 0}</dd></div>
    </dl>
  </section>`;
}
