// In "My data": where I am signed in, and signing out elsewhere: a lost phone, a borrowed computer.
import { html, useEffect, useState } from "../../vendor/ui.js";
import { api } from "../../shared/api.js";
import { Trouble } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";

/** @typedef {{ slot: string, agent: string, created_at: number, last_seen_at: number, is_this: boolean }} SignIn */

/** @param {{ moment: (ms: number) => string }} props */
export function SignIns({ moment }) {
  const [all, setAll] = useState(/** @type {SignIn[]} */ ([]));
  const [done, setDone] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const read = async () => setAll((await api("GET", "/api/sessions")).sign_ins);
  useEffect(() => {
    read().catch(setError);
  }, []);
  const end = (/** @type {string} */ below) =>
    api("DELETE", `/api/sessions${below}`).then(read).then(() => {
      setDone(true);
      setError(null);
    }, setError);
  return html`<section class="card stack"><h2>${t("data.sign_ins")}</h2>
    <ul class="facts-list">${all.map((one) => html`<li key=${one.slot}>
      <b>${t(`data.agent_${one.agent || "other"}`)}${one.is_this && ` – ${t("data.this_phone")}`}</b>
      <span>${t("data.sign_in", { since: moment(one.created_at), seen: moment(one.last_seen_at) })}</span>
      ${!one.is_this && html`<button class="button" type="button" onClick=${() => end(`/${one.slot}`)}>${t("data.sign_out")}<span
        class="visually-hidden">: ${t(`data.agent_${one.agent || "other"}`)}, ${moment(one.created_at)}</span></button>`}
    </li>`)}</ul>
    ${all.length > 1 && html`<button class="button" type="button" onClick=${() => end("")}>${t("data.sign_out_others")}</button>`}
    <p role="status">${done && t("data.signed_out")}</p>
    <${Trouble} error=${error} />
  </section>`;
}
