/** Keys for the employer's own recruiting software: made, shown once, revoked. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { clock, date, t } from "../shared/i18n.js";
import { isoDay } from "./times.js";

/**
 * @typedef {{ key_id: string, name: string, created_at: number, last_used_at: number | null,
 *   revoked_at: number | null }} ApiKey
 */

/** @param {{ fairId: string }} props */
export function ApiKeys({ fairId }) {
  const path = `/api/fairs/${fairId}/keys`;
  const [keys, setKeys] = useState(/** @type {ApiKey[]} */ ([]));
  const [made, setMade] = useState(/** @type {string | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const read = async () => setKeys((await api("GET", path)).keys);
  useEffect(() => {
    read().catch(setError);
  }, []);
  /** @param {() => Promise<unknown>} act */
  const change = (act) => act().then(read).then(() => setError(null), setError);
  const make = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const name = String(new FormData(form).get("name") || "").trim();
    change(async () => {
      setMade((await api("POST", path, { name })).token);
      form.reset();
    });
  };
  const works = keys.filter((key) => key.revoked_at === null);
  return html`<details class="free-times">
    <summary>${t("keys.title", { n: works.length })}</summary>
    <p class="quiet-text">${t("keys.lead")} <a href="/api/v1/openapi.json" target="_blank" rel="noreferrer">/api/v1/openapi.json</a></p>
    <form class="second-form" onSubmit=${make}>
      <label class="field"><span>${t("keys.name")}</span>
        <input class="input" name="name" maxlength="100" required /></label>
      <button class="button">${t("keys.make")}</button>
    </form>
    ${made && html`<p role="status" class="new-key">${t("keys.made")}<br /><code class="figures">${made}</code></p>`}
    <${Trouble} error=${error} />
    <ul class="free-list">${works.map((key) => html`<li key=${key.key_id}>
      <span>${key.name} <small class="quiet-text">${lastUse(key)}</small></span>
      <button class="link-button" type="button" onClick=${() => change(() => api("DELETE", `${path}/${key.key_id}`))}>
        ${t("keys.revoke")}<span class="visually-hidden"> ${key.name}</span></button>
    </li>`)}</ul>
  </details>`;
}

/** @param {ApiKey} key */
function lastUse({ last_used_at: at }) {
  return at === null ? t("keys.unused") : t("keys.used", { when: `${clock(at)} ${date(isoDay(at))}` });
}
