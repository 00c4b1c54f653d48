/** What this booth noted of the person earlier today, or of an interview handed over by a colleague. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";
import { hasMet } from "./next_step.js";

/**
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {{ ticket_id: string, state: string, ended_at: number, outcome: string | null, notes: string[] }} Interview
 */

/** @param {{ model: DeskModel, ticket: TicketCell }} props */
export function Earlier({ model, ticket }) {
  const known = model.tickets.value.some((one) => one.number === ticket.number
    && one.ticket_id !== ticket.ticket_id && hasMet(one));
  return known ? html`<${EarlierList} model=${model} ticket=${ticket} />` : null;
}

/** @param {{ model: DeskModel, ticket: TicketCell }} props */
function EarlierList({ model, ticket: { ticket_id: ticketId, profile } }) {
  const [found, setFound] = useState(/** @type {Interview[]} */ ([]));
  const [error, setError] = useState(/** @type {any} */ (null));
  const live = model.link.status.value === "live";
  useEffect(() => {
    if (!live) return undefined;
    let wanted = true;
    api("GET", `/api/fairs/${model.plan.fair_id}/tickets/${ticketId}/earlier`).then(
      ({ interviews }) => wanted && (setFound(interviews), setError(null)),
      (refusal) => wanted && (setFound([]), setError(refusal)));
    return () => {
      wanted = false;
    };
  }, [ticketId, profile, live]);
  if (error?.code === "profile_hidden" || (!error && !found.length)) return null;
  return html`<section class="card screening" aria-labelledby="earlier-heading">
    <h2 id="earlier-heading">${t("earlier.heading")}</h2>
    <${Trouble} error=${error} />
    <ul class="answers">${found.map((one) => html`<li key=${one.ticket_id}>
      <b>${t(one.state === "handed_over" ? "met.handed_over" : `outcome.${one.outcome ?? "pending"}`)}</b>
      <span class="quiet-text"> · ${t("met.at", { time: clock(one.ended_at) })}</span>
      ${one.notes.map((note) => html`<p class="met-note">${note}</p>`)}</li>`)}</ul>
  </section>`;
}
