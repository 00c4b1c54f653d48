// "Phone me": the number and the leave to show it, both asked here and nowhere before.
import { html, useState } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { has, t } from "../shared/i18n.js";
import { dropMedia } from "../candidate/own_media.js";
import { send } from "../candidate/state.js";
import { useOwnLink } from "./browser.js";

/** @param {{ done?: () => void }} props */
export function AskNumber({ done = () => {} }) {
  const { own, error: unread } = useOwnLink();
  const [other, setOther] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  if (!own) return html`<${Trouble} error=${unread} />`;
  const asks = other || !own.phone_end;
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const phone = String(said.get("phone") ?? "").trim();
    setError(null);
    try {
      await send("choose_way", { way: "phone", agree: said.get("agree") === "on", ...(phone ? { phone } : {}) });
      dropMedia();
      done();
    } catch (refusal) {
      setError(inWords(refusal));
    }
  };
  return html`<form class="stack" onSubmit=${submit}>
    ${asks ? html`<div class="field"><label for="call-phone">${t("ways.number")}</label>
        <input class="input figures" id="call-phone" name="phone" type="tel" inputmode="tel" autocomplete="tel" required /></div>`
      : html`<p>${t("ways.number_ends", { end: own.phone_end })}
          <button class="button quiet small" type="button" onClick=${() => setOther(true)}>${t("ways.other_number")}</button></p>`}
    <label class="check"><input type="checkbox" name="agree" required />
      <span>${t("ways.agree")}</span></label>
    <${Trouble} error=${error} />
    <button class="button primary">${t("ways.phone_me")}</button>
  </form>`;
}

/**
 * What is wrong with the number, as the entry form says it.
 * @param {any} refusal
 */
function inWords(refusal) {
  const key = `problem.${refusal.detail?.problem}`;
  return has(key) ? { ...refusal, code: refusal.code, message: t(key), hint: "" } : refusal;
}
