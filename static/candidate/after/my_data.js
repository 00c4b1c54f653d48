// "My data": everything that is stored about me, and what I may do with it.
import { html, signal, useEffect, useState } from "../../vendor/ui.js";
import { api, fairId, getSlot } from "../../shared/api.js";
import { Icon, Trouble } from "../../shared/components.js";
import { clock, date, t } from "../../shared/i18n.js";
import { screen } from "../state.js";
import { OwnAnswers } from "./answers.js";
import { BoothConsents, Disclosures } from "./booths.js";
import { Correction } from "./correction.js";
import { Consents } from "./consents.js";
import { isoDay } from "./days.js";
import { Erasure, Farewell, gone } from "./erasure.js";
import { Recordings } from "./recordings.js";
import { SignIns } from "./sign_ins.js";

/**
 * @typedef {{ number: number, full_name: string, phone: string | null, birth_year: number,
 *   sex: "nam" | "nu", commune: string, wish: string, created_at: number }} Person
 * @typedef {{ purpose: string, booth_id: string | null, given: boolean, at: number, channel: string }} Consent
 * @typedef {{ ticket_id: string, booth_id: string, booth: string, employer: string, state: string,
 *   issued_at: number, finished_at: number | null, result: string | null,
 *   result_held_back: boolean }} Turn
 * @typedef {{ person: Person, standing: Record<string, boolean>, consents: Consent[],
 *   booths: import("./booths.js").BoothConsent[], disclosures: import("./booths.js").Disclosure[],
 *   turns: Turn[], ratings: { ticket_id: string, passed: boolean, remark: string, at: number }[],
 *   second_interviews: { ticket_id: string, starts_at: number, place: string, online: boolean, state: string }[],
 *   answers: import("../../questions/fields.js").Answer[],
 *   notes: { ticket_id: string, at: number, text: string }[], notes_held_back: number,
 *   recordings: import("./recordings.js").OwnRecording[],
 *   sign_ins: { slot: string, created_at: number, last_seen_at: number, ended_at: number | null }[] }} MyData
 */

/** What was read last; every change answers with the whole again. */
export const mine = signal(/** @type {MyData | null} */ (null));

const path = () => `/api/fairs/${fairId()}/my-data`;

/** @param {"PUT" | "POST" | "DELETE"} method @param {string} below @param {unknown} body */
export async function change(method, below, body) {
  const found = await api(method, `${path()}${below}`, body);
  if (found) mine.value = found;
}

/** Read everything anew. */
export async function readAgain() {
  mine.value = await api("GET", path());
}

/** "25/11/2026 09:42". @param {number} ms */
const moment = (ms) => `${date(isoDay(ms))} ${clock(ms)}`;

export function MyDataPage() {
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    mine.value = null;
    if (gone.value) return;
    void readAgain().catch(setError);
  }, []);
  if (gone.value) return html`<${Farewell} />`;
  const data = mine.value;
  return html`<main class="page my-data">
    <div class="title-row"><button class="button quiet" type="button" onClick=${() => (screen.value = "home")}>
      <${Icon} name="arrow-left" />${t("data.back")}</button></div>
    <h1>${t("data.title")}</h1>
    <p class="lead">${t("data.lead")}</p>
    <${Trouble} error=${error} />
    ${data && html`<${Correction} person=${data.person} />
      <${Consents} data=${data} moment=${moment} />
      <${BoothConsents} booths=${data.booths} moment=${moment} />
      <${Disclosures} all=${data.disclosures} moment=${moment} />
      <${Turns} data=${data} />
      <${OwnAnswers} data=${data} moment=${moment} />
      <${Notes} data=${data} />
      <${Recordings} data=${data} moment=${moment} again=${readAgain} />
      <${SignIns} moment=${moment} />
      <section class="card stack"><h2>${t("data.file")}</h2><p>${t("data.file_what")}</p>
        <a class="button" href=${`${path()}/file?${new URLSearchParams({ slot: getSlot("candidate") ?? "" })}`} download>
          ${t("data.download")}</a></section>
      <${Erasure} data=${data} />`}
  </main>`;
}

/** @param {{ data: MyData }} props */
function Turns({ data }) {
  return html`<section class="card stack"><h2>${t("data.turns")}</h2>
    ${data.turns.length === 0 && html`<p>${t("data.turns_none")}</p>`}
    <ul class="facts-list">${data.turns.map((turn) => html`<li key=${turn.ticket_id}>
      <b>${t("data.turn", { booth: turn.booth, employer: turn.employer })}</b>
      <span>${t(`data.state_${turn.state}`)} · ${moment(turn.finished_at ?? turn.issued_at)}</span>
      ${turn.result && html`<span>${t("result.title")}: ${t(`result.${turn.result}`)}</span>`}
      ${turn.result_held_back && html`<span>${t("result.not_yet")}</span>`}
      ${data.second_interviews.filter(({ ticket_id: id }) => id === turn.ticket_id).map((second) => html`
        <span>${t("second.title")}: ${moment(second.starts_at)} · ${second.place || t("second.online")} · ${t(`data.second_${second.state}`)}</span>`)}
      ${data.ratings.filter(({ ticket_id: id }) => id === turn.ticket_id).map((rating) => html`
        <span>${t("rating.done")} ${t(rating.passed ? "rating.passed" : "rating.not_passed")}${rating.remark && ` – ${rating.remark}`}</span>`)}
    </li>`)}</ul></section>`;
}

/** @param {{ data: MyData }} props */
function Notes({ data: { notes, notes_held_back: held, turns } }) {
  const boothOf = (/** @type {string} */ id) => turns.find((turn) => turn.ticket_id === id)?.booth ?? "";
  return html`<section class="card stack"><h2>${t("data.notes")}</h2>
    ${notes.length + held === 0 && html`<p>${t("data.notes_none")}</p>`}
    ${notes.length > 0 && html`<ul class="facts-list">${notes.map((note) => html`<li><b>${t("data.note", { booth: boothOf(note.ticket_id), at: moment(note.at) })}</b>
      <span>${note.text}</span></li>`)}</ul>`}
    ${held > 0 && html`<p>${t("data.notes_held", { n: held })}</p>`}</section>`;
}
