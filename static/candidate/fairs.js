// The list of fairs, when a server holds more than one.
import { html, render } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Icon, LanguageSwitch, Trouble } from "../shared/components.js";
import { date, either, loadWords, t } from "../shared/i18n.js";

/** @typedef {{ fair_id: string, name: { vi: string, en: string } | string, date: string }} FairLine */

/** @param {{ fairs: FairLine[], error: any }} props */
function Fairs({ fairs, error }) {
  return html`<header class="bar"><p class="fair"><span class="name">${t("bar.fair")}</span>
      <b>${t("bar.free")}</b></p><${LanguageSwitch} /></header>
    <main class="page">
      <h1>${t("fairs.title")}</h1>
      <${Trouble} error=${error} />
      ${!error && !fairs.length && html`<p class="lead">${t("fairs.none")}</p>`}
      <ul class="lines">${fairs.map((fair) => html`<li key=${fair.fair_id}>
        <a class="card fair-link" href="/f/${fair.fair_id}/">
          <b>${either(fair.name)}</b>
          <span class="quiet-text"><${Icon} name="calendar" /> ${date(fair.date)}</span></a></li>`)}</ul>
    </main>`;
}

async function main() {
  await loadWords(["/static/shared/words", "/static/candidate/words"]);
  const app = /** @type {HTMLElement} */ (document.getElementById("app"));
  app.replaceChildren();
  try {
    render(html`<${Fairs} fairs=${await api("GET", "/api/fairs")} error=${null} />`, app);
  } catch (error) {
    render(html`<${Fairs} fairs=${[]} error=${error} />`, app);
  }
}

void main();
