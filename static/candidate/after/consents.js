// Consents, each by itself: what it means, what follows when it is taken back, and since when.
import { html, useState } from "../../vendor/ui.js";
import { Icon, Trouble, useQuestion } from "../../shared/components.js";
import { lang, t } from "../../shared/i18n.js";
import { CONSENTS } from "../form.js";
import { change } from "./my_data.js";

/** @typedef {import("./my_data.js").MyData} MyData */

/** @param {{ data: MyData, moment: (ms: number) => string }} props */
export function Consents({ data, moment }) {
  return html`<section class="card stack"><h2>${t("data.consents")}</h2>
    <ul class="consent-list">${CONSENTS.map((purpose) => html`<${Consent} key=${purpose} purpose=${purpose}
      data=${data} moment=${moment} />`)}</ul></section>`;
}

/** @param {{ purpose: string, data: MyData, moment: (ms: number) => string }} props */
function Consent({ purpose, data, moment }) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const { stay, opener } = useQuestion(asking);
  const given = Boolean(data.standing[purpose]);
  const said = data.consents.filter((one) => one.purpose === purpose && !one.booth_id);
  const last = said[said.length - 1];
  // A no that names no booth is said to all of them.
  const mayRefuse = given || (purpose === "show_profile" && data.booths.some((booth) => booth.given));
  const choose = async (/** @type {boolean} */ yes) => {
    setError(null);
    try {
      await change("POST", "/consents", { purpose, given: yes, language: lang.value });
      setAsking(false);
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`<li>
    <p><${Icon} name=${given ? "circle-check" : "x"} /><span>${t(`consent.${purpose}`)}<br />
      <span class="quiet-text small-text">${t(given ? "data.given" : "data.not_given", { at: last ? moment(last.at) : "" })}</span></span></p>
    ${asking ? html`<div class="confirm"><p>${t(`data.without_${purpose}`)}</p>
      <div class="actions">
        <button class="button" type="button" ref=${stay} onClick=${() => setAsking(false)}>${t("data.keep_it")}</button>
        <button class="button danger" type="button" onClick=${() => choose(false)}>${t("data.withdraw_yes")}</button>
      </div></div>` : html`<div class="consent-acts">
      ${!given && html`<button class="button small" type="button" onClick=${() => choose(true)}>${t("data.agree")}<span class="visually-hidden">: ${t(`consent.${purpose}`)}</span></button>`}
      ${mayRefuse && html`<button class="button quiet small" type="button" ref=${opener} onClick=${() => setAsking(true)}>
        ${t(given ? "data.withdraw" : "data.hide")}<span class="visually-hidden">: ${t(`consent.${purpose}`)}</span></button>`}</div>`}
    <${Trouble} error=${error} />
  </li>`;
}
