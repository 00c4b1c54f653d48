/** Where one is signed in, what somebody left behind, and (to the organiser) who works here. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble, useQuestion } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { clock, date, t } from "../shared/i18n.js";
import { forgetTab } from "../shared/keep.js";

/**
 * @typedef {{ slot: string, agent: string, created_at: number, last_seen_at: number, is_this: boolean }} SignIn
 * @typedef {{ kind: string, thing_id: string, booth_id: string, name: string, ended_at: number }} LeftThing
 * @typedef {{ staff_id: string, role: string, booth_id: string | null, display_name: string,
 *   is_machine: boolean, is_self: boolean, sign_ins: number }} Member
 * @typedef {(act: () => Promise<unknown>) => Promise<void>} Change
 */

/**
 * `sees` is how far the person's reach goes beyond the own sign-ins; `numberOf` tells a booth's number.
 * @param {{ fairId: string, sees: "booth" | "fair" | "self", numberOf: (boothId: string) => string, close: () => void }} props
 */
export function SignInsDialog({ fairId, sees, numberOf, close }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  return html`<${Dialog} title=${t("sign_ins.title")} close=${close}>
    <${Trouble} error=${error} />
    <${Own} setError=${setError} />
    ${sees !== "self" && html`<${LeftBehind} path=${`/api/fairs/${fairId}/left-behind`} setError=${setError} />`}
    ${sees === "fair" && html`<${Staff} path=${`/api/fairs/${fairId}/staff`} numberOf=${numberOf} setError=${setError} />`}
  <//>`;
}

/**
 * A list of the server's that is read again after every change.
 * @template T
 * @param {string} path
 * @param {string} name of the list in the answer
 * @param {(error: any) => void} setError
 * @returns {{ list: T[] | null, change: Change }}
 */
function useList(path, name, setError) {
  const [list, setList] = useState(/** @type {T[] | null} */ (null));
  const read = async () => setList((await api("GET", path))[name]);
  useEffect(() => {
    read().catch(setError);
  }, [path]);
  const change = (/** @type {() => Promise<unknown>} */ act) =>
    act().then(read).then(() => setError(null), setError);
  return { list, change };
}

/** @param {{ setError: (error: any) => void }} props */
function Own({ setError }) {
  const { list, change } = useList("/api/sessions", "sign_ins", setError);
  const own = /** @type {SignIn[]} */ (list ?? []);
  // Nothing of the person stays on a computer that others use: the page is loaded anew.
  const out = () => api("DELETE", "/api/session").then(() => {
    forgetTab();
    location.reload();
  }, setError);
  return html`<section class="sign-ins"><h3>${t("sign_ins.own")}</h3>
    <ul>${own.map((one) => html`<li key=${one.slot}>
      <p><b>${t(`sign_ins.agent_${one.agent || "other"}`)}</b>${one.is_this && html` · <b class="here">${t("sign_ins.this")}</b>`}<br />
        <span class="quiet-text">${t("sign_ins.when", { since: moment(one.created_at), seen: moment(one.last_seen_at) })}</span></p>
      ${one.is_this ? html`<button class="button small" type="button" onClick=${out}>${t("sign_ins.out_here")}</button>`
        : html`<button class="button small" type="button" onClick=${() => change(() => api("DELETE", `/api/sessions/${one.slot}`))}>
          ${t("sign_ins.out")}<span class="visually-hidden">: ${t(`sign_ins.agent_${one.agent || "other"}`)}, ${moment(one.created_at)}</span></button>`}
    </li>`)}</ul>
    ${own.length > 1 && html`<button class="button" type="button" onClick=${() => change(() => api("DELETE", "/api/sessions"))}>
      ${t("sign_ins.out_others")}</button>`}
    <p class="quiet-text">${t("sign_ins.unknown")}</p>
  </section>`;
}

/** @param {{ path: string, setError: (error: any) => void }} props */
function LeftBehind({ path, setError }) {
  const { list, change } = useList(path, "things", setError);
  const things = /** @type {LeftThing[]} */ (list ?? []);
  if (things.length === 0) return null;
  return html`<section class="sign-ins"><h3>${t("left.title")}</h3>
    <p class="quiet-text">${t("left.lead")}</p>
    <ul>${things.map((one) => html`<li key=${one.thing_id}>
      <p><b>${one.name}</b><br /><span class="quiet-text">${t(`left.${one.kind}`)} · ${t("left.since", { at: moment(one.ended_at) })}</span></p>
      <span class="choices">
        <button class="button small" type="button" onClick=${() => change(() => api("POST", `${path}/${one.thing_id}`))}>
          ${t("left.take")}<span class="visually-hidden"> ${one.name}</span></button>
        <button class="link-button" type="button" onClick=${() => change(() => api("DELETE", `${path}/${one.thing_id}`))}>
          ${t("left.drop")}<span class="visually-hidden"> ${one.name}</span></button></span>
    </li>`)}</ul></section>`;
}

/** @param {{ path: string, numberOf: (boothId: string) => string, setError: (error: any) => void }} props */
function Staff({ path, numberOf, setError }) {
  const { list, change } = useList(path, "staff", setError);
  const members = /** @type {Member[]} */ (list ?? []);
  return html`<section class="sign-ins"><h3>${t("staff.title")}</h3>
    <ul>${members.map((one) => html`<${OneMember} key=${one.staff_id} one=${one} booth=${numberOf(one.booth_id ?? "")} path=${path} change=${change} />`)}</ul>
  </section>`;
}

/** @param {{ one: Member, booth: string, path: string, change: Change }} props */
function OneMember({ one, booth, path, change }) {
  const [asking, setAsking] = useState(false);
  const { stay, opener } = useQuestion(asking);
  const name = html`<span class="visually-hidden"> ${one.display_name}</span>`;
  const role = t(one.is_machine ? "staff.machine" : `staff.${one.role}`, { booth });
  return html`<li>
    <p><b>${one.display_name}</b><br /><span class="quiet-text">${role} · ${t("staff.sign_ins", { n: one.sign_ins })}</span></p>
    ${one.is_self ? html`<span class="quiet-text">${t("staff.self")}</span>` : asking ? html`<span class="choices"><span>${t("staff.ask")}</span>
        <button class="button danger small" type="button" onClick=${() => change(() => api("DELETE", `${path}/${one.staff_id}`))}>${t("staff.yes")}${name}</button>
        <button class="button small" type="button" ref=${stay} onClick=${() => setAsking(false)}>${t("staff.no")}</button></span>`
      : html`<span class="choices">
        ${one.sign_ins > 0 && html`<button class="button small" type="button"
          onClick=${() => change(() => api("DELETE", `${path}/${one.staff_id}/sessions`))}>${t("staff.out")}${name}</button>`}
        <button class="link-button" type="button" ref=${opener} onClick=${() => setAsking(true)}>${t("staff.revoke")}${name}</button></span>`}
  </li>`;
}

const dayFormat = new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Ho_Chi_Minh" });

/** "09:42 25/11/2026". @param {number} ms */
const moment = (ms) => `${clock(ms)} ${date(dayFormat.format(ms))}`;
