/** What is shown of a recruiter and of the booth, and to whom: one short table. */
import { html } from "../../vendor/ui.js";
import { t } from "../../shared/i18n.js";

const ROWS = ["booth", "name", "picture", "notes", "contact"];

/** @param {{ mode: string }} props */
export function Shown({ mode }) {
  const rows = ROWS.filter((row) => mode !== "onsite" || row !== "picture");
  return html`<section class="shown" aria-labelledby="shown-heading"><h2 id="shown-heading">${t("prepare.shown")}</h2>
    <table><thead><tr><th scope="col">${t("prepare.shown_what")}</th><th scope="col">${t("prepare.shown_whom")}</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${t(`prepare.shown.${row}`)}</th><td>${t(`prepare.shown.${row}_whom`)}</td></tr>`)}</tbody></table>
  </section>`;
}
