/** How honest the waits were that people were told on joining. */
import { html } from "../vendor/ui.js";
import { lang, t } from "../shared/i18n.js";

/** @param {{ model: import("./model.js").ControlModel }} props */
export function Promises({ model }) {
  const totals = model.totals.value;
  const n = totals?.promises_decided ?? 0;
  const share = (/** @type {number} */ part) => String(Math.round(100 * part / n));
  const error = (totals?.promise_error_min ?? 0).toLocaleString(lang.value, { maximumFractionDigits: 1 });
  return html`<section class="card side-card" data-total="promises">
    ${!totals || n === 0
      ? html`<p><b>${t("promise.heading")}.</b> <span class="quiet-text">${t("promise.none")}</span></p>`
      : html`<p class="promise">${t("promise.said",
          { n, kept: share(totals.promises_kept), late: share(totals.promises_late), error })}</p>`}
  </section>`;
}
