/** Everybody whom the booth has met, by name where shared, and the list as a file. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { clock, date, lang, t } from "../shared/i18n.js";
import { ApiKeys } from "./api_keys.js";
import { phoneText } from "./plan.js";
import { isoDay } from "./times.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {{ state: string, starts_at: number, minutes: number, online: boolean, place: string }} Second
 * @typedef {{ full_name: string, birth_year: number, commune: string, phone: string | null }} Shown
 * @typedef {{ ticket_id: string, number: number, state: string, finished_at: number,
 *   outcome: string | null, reason: string | null, person: Shown | null, notes: string[],
 *   second_interview: Second | null }} MetPerson
 */

/** @param {{ model: DeskModel, close: () => void }} props */
export function PeopleMet({ model, close }) {
  const [people, setPeople] = useState(/** @type {MetPerson[] | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const path = `/api/fairs/${model.plan.fair_id}/people-met`;
  useEffect(() => {
    api("GET", path).then((found) => setPeople(found.people), setError);
  }, []);
  const save = (/** @type {string} */ form) => download(model, path, form).then(() => setError(null), setError);
  return html`<${Dialog} title=${t("people_met.title")} close=${close}>
    <p class="quiet-text">${t("people_met.lead")}</p>
    <div class="after-acts">
      ${["xlsx", "csv"].map((form) => html`<button class="button" type="button" disabled=${!people?.length}
        onClick=${() => save(form)}>${t(`people_met.${form}`)}</button>`)}
    </div>
    <${Trouble} error=${error} />
    ${people?.length === 0 && html`<p class="empty">${t("met.empty")}</p>`}
    ${people && html`<ul class="people-met">
      ${people.map((person) => html`<${OnePerson} key=${person.ticket_id} person=${person} />`)}
    </ul>`}
    <${Recordings} model=${model} />
    <${ApiKeys} fairId=${model.plan.fair_id} />
  <//>`;
}

/**
 * Ask for an address of one's own, good for minutes, and let the browser save what is there.
 * @param {DeskModel} model
 * @param {string} path
 * @param {string} form
 */
async function download(model, path, form) {
  const link = await api("POST", `${path}/links`, { form, language: lang.value });
  const anchor = document.createElement("a");
  anchor.href = `${link.path}&slot=${encodeURIComponent(model.slot)}`;
  anchor.download = "";
  anchor.click();
}

/**
 * The booth's recordings, each as a file; fetching one is written down.
 * @param {{ model: DeskModel }} props
 */
function Recordings({ model }) {
  const [found, setFound] = useState(/** @type {any[]} */ ([]));
  const path = `/api/fairs/${model.plan.fair_id}/recordings`;
  useEffect(() => {
    api("GET", path).then((answer) => setFound(answer.recordings), () => setFound([]));
  }, []);
  if (found.length === 0) return null;
  return html`<section><h3>${t("people_met.recordings")}</h3>
    <ul class="people-met">${found.map(({ recording_id: id, file_id: file, number, created_at: at, size, complete, expires_at: until }) => html`
      <li key=${file}><a class="button small" download
        href=${`${path}/${id}/files/${file}?slot=${encodeURIComponent(model.slot)}`}>${t("people_met.recording", { number: String(number), at: clock(at) })}</a>
        <span class="quiet-text">${t("people_met.recording_size", { mb: Math.round(size / 1e5) / 10, day: date(isoDay(until)) })}
          ${!complete && ` ${t("people_met.recording_part")}`}</span></li>`)}</ul></section>`;
}

/** @param {{ person: MetPerson }} props */
function OnePerson({ person: { number, state, outcome, reason, person, notes, second_interview: second, finished_at: at } }) {
  const result = state === "handed_over" ? "met.handed_over" : `outcome.${outcome ?? "pending"}`;
  return html`<li>
    <h3><span class="figures">${number}</span> · ${person ? person.full_name : t("people_met.hidden")}</h3>
    <p><b>${t(result)}</b>${reason && html` · ${t(`reason.${reason}`)}`}
      <span class="quiet-text"> · ${t("met.at", { time: clock(at) })}</span></p>
    ${person && html`<p class="quiet-text">${t("person.born", { year: String(person.birth_year) })} · ${person.commune}
      ${person.phone && html` · <a href=${`tel:${person.phone}`}>${phoneText(person.phone)}</a>`}</p>`}
    ${notes.map((note) => html`<p class="met-note">${note}</p>`)}
    ${second && html`<p>${t(`second.${second.state}`, { when: `${clock(second.starts_at)} ${date(isoDay(second.starts_at))}` })}
      ${second.place && html` · ${second.place}`}</p>`}
  </li>`;
}
