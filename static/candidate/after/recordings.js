// In "My data": recordings of the own interviews, and deleting one for good.
import { html, useState } from "../../vendor/ui.js";
import { api, fairId } from "../../shared/api.js";
import { Trouble, useQuestion } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";

/**
 * @typedef {{ recording_id: string, ticket_id: string, expires_at: number | null }} OwnRecording
 * @param {{ data: import("./my_data.js").MyData, moment: (ms: number) => string, again: () => Promise<void> }} props
 */
export function Recordings({ data, moment, again }) {
  const [asking, setAsking] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const { stay, opener } = useQuestion(asking !== "");
  if (data.recordings.length === 0) return null;
  const boothOf = (/** @type {string} */ id) => data.turns.find((turn) => turn.ticket_id === id)?.booth ?? "";
  const remove = (/** @type {string} */ id) =>
    api("DELETE", `/api/fairs/${fairId()}/recordings/${id}`).then(() => {
      setAsking("");
      return again();
    }).catch(setError);
  return html`<section class="card stack"><h2>${t("data.recordings")}</h2>
    <ul class="facts-list">${data.recordings.map(({ recording_id: id, ticket_id: ticketId, expires_at: until }) => html`<li key=${id}>
      <b>${t("data.recording", { booth: boothOf(ticketId) })}</b>
      <span>${until ? t("data.recording_until", { at: moment(until) }) : t("data.recording_coming")}</span>
      ${asking === id ? html`<span>${t("data.recording_ask")}</span>
        <button class="button" type="button" ref=${stay} onClick=${() => setAsking("")}>${t("data.recording_keep")}</button>
        <button class="button danger" type="button" onClick=${() => remove(id)}>${t("data.recording_yes")}</button>`
        : html`<button class="button" type="button" ref=${opener} onClick=${() => setAsking(id)}>${t("data.recording_delete")}</button>`}
    </li>`)}</ul>
    <${Trouble} error=${error} />
  </section>`;
}
