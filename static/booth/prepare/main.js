/** The booth before the fair: sign in, then one list of what is ready and what is still missing. */
import { effect, html, render } from "../../vendor/ui.js";
import { api, fairId } from "../../shared/api.js";
import { Trouble } from "../../shared/components.js";
import { loadWords, t } from "../../shared/i18n.js";
import { connect } from "../../shared/net.js";
import { reenter, staffEntry } from "../../shared/staff_entry.js";
import { PreparePage } from "./page.js";

/**
 * @typedef {import("../plan.js").Plan} Plan
 * @typedef {import("../../shared/staff_entry.js").Session} Session
 */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/** @param {Session} session */
async function openPage(session) {
  const plan = /** @type {Plan} */ (await api("GET", `/api/fairs/${fairId()}`));
  const booth = plan.booths.find((one) => one.booth_id === session.booth_id);
  if (!booth) throw { code: "not_permitted", message: t("entry.elsewhere") };
  const link = connect({ fairId: plan.fair_id, slot: session.slot, views: ["booth"], onClosed: reenter });
  render(html`<${PreparePage} plan=${plan} filed=${booth} link=${link} />`, root);
}

/** @param {{ message: string, code: string }} error */
function showTrouble(error) {
  render(html`<main class="entry"><div class="card entry-card"><${Trouble} error=${error} />
    <button class="button primary wide" type="button" onClick=${() => location.reload()}>
      ${t("entry.retry")}</button></div></main>`, root);
}

await loadWords(["shared", "booth", "ways", "booth/prepare"].map((folder) => `/static/${folder}/words`));
effect(() => {
  document.title = t("prepare.title");
});
await staffEntry({ root, page: "booth", go: openPage }).catch(showTrouble);
