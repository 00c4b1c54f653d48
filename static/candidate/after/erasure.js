// Being erased: what goes, what stays and why; asked twice, the second time with the own number.
import { html, signal, useState } from "../../vendor/ui.js";
import { Trouble, useQuestion } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";
import { screen, signOut } from "../state.js";
import { change } from "./my_data.js";

/** The person of this page was erased: nothing is known here any more. */
export const gone = signal(false);

/** @param {{ data: import("./my_data.js").MyData }} props */
export function Erasure({ data }) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const { stay, opener } = useQuestion(asking);
  const erase = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setError(null);
    try {
      if (Number(said.get("number")) !== data.person.number) throw { message: t("data.erase_number_wrong") };
      await change("DELETE", "", { number: data.person.number });
      gone.value = true;
      await signOut();
      screen.value = "my_data";
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`<section class="card stack erasure"><h2>${t("data.erase")}</h2>
    <p>${t("data.erase_goes")}</p>
    <p>${t("data.erase_stays")}</p>
    ${asking ? html`<form class="confirm" onSubmit=${erase}>
      <div class="field"><label for="erase-number">${t("data.erase_number", { number: String(data.person.number) })}</label>
        <input class="input figures short" id="erase-number" name="number" inputmode="numeric" maxlength="6" autocomplete="off" /></div>
      <${Trouble} error=${error} />
      <div class="actions">
        <button class="button" type="button" ref=${stay} onClick=${() => setAsking(false)}>${t("data.erase_no")}</button>
        <button class="button danger">${t("data.erase_yes")}</button>
      </div></form>`
      : html`<button class="button danger" type="button" ref=${opener} onClick=${() => setAsking(true)}>${t("data.erase_ask")}</button>`}
  </section>`;
}

export function Farewell() {
  const begin = () => {
    gone.value = false;
    screen.value = "entry";
  };
  return html`<main class="page"><h1>${t("data.gone")}</h1>
    <p class="lead">${t("data.gone_what")}</p>
    <button class="button" type="button" onClick=${begin}>${t("data.gone_on")}</button></main>`;
}
