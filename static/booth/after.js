/** After an interview: the result shown to the person with one tap, and the second interview. */
import { html, useState } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { clock, date, t } from "../shared/i18n.js";
import { Key, keyOf } from "./keys.js";
import { KEYS } from "./next_step.js";
import { isoDay } from "./times.js";

/**
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./model.js").DeskModel} DeskModel
 */

/** @param {TicketCell} ticket */
const hasResult = ({ state, outcome }) => state === "done" && outcome !== null && outcome !== "pending";

/** Under the person just met. @param {{ model: DeskModel, ticket: TicketCell }} props */
export function AfterStrip({ model, ticket }) {
  if (ticket.state !== "done") return null;
  return html`<section class="after-strip" aria-label=${t("after.heading")}>
    ${hasResult(ticket) && html`<p><b>${t(`outcome.${ticket.outcome}`)}</b> · <span class="quiet-text" role="status">${t(ticket.published ? "after.published" : "after.not_published")}</span></p>`}
    <${AfterActs} model=${model} ticket=${ticket} />
    <${SecondState} ticket=${ticket} />
  </section>`;
}

/** @param {{ model: DeskModel, ticket: TicketCell, small?: boolean }} props */
export function AfterActs({ model, ticket, small = false }) {
  if (ticket.state !== "done") return null;
  const { ticket_id: id, number, published } = ticket;
  const kind = small ? "link-button" : "button";
  const held = model.busy.value !== null;
  const keyed = (/** @type {string} */ key) => (small ? {} : keyOf(key));
  const seen = (/** @type {string} */ key) => !small && html`<${Key} of=${key} />`;
  const whose = html`<span class="visually-hidden"> ${t("number.of", { number: String(number) })}</span>`;
  return html`<div class="after-acts">
    ${hasResult(ticket) && html`<button class=${kind} type="button" disabled=${held} ...${keyed(KEYS.publish)}
      onClick=${() => model.publish(id, !published)}>${t(published ? "after.unpublish" : "after.publish")}${whose}${seen(KEYS.publish)}</button>`}
    <button class=${kind} type="button" disabled=${held} aria-haspopup="dialog" ...${keyed(KEYS.second)}
      onClick=${() => model.openSecond(id)}>${t(ticket.second_interview ? "after.second_change" : "after.second")}${whose}${seen(KEYS.second)}</button>
  </div>`;
}

/** The list of everybody met, with names and as a file; its code comes when it is asked for. @param {{ model: DeskModel }} props */
export function MetListButton({ model }) {
  const [part, setPart] = useState(/** @type {typeof import("./people_met.js") | null} */ (null));
  const open = async () => setPart(await import("./people_met.js"));
  return html`<button class="button small met-list" type="button" aria-haspopup="dialog" onClick=${open}>${t("people_met.open")}</button>
    ${part && html`<${part.PeopleMet} model=${model} close=${() => setPart(null)} />`}`;
}

/** What became of the date. @param {{ ticket: TicketCell }} props */
export function SecondState({ ticket: { second_interview: second } }) {
  if (!second) return null;
  const when = `${clock(second.starts_at)} ${date(isoDay(second.starts_at))}`;
  return html`<p class=${`second-state ${second.state}`} role="status"><${Icon} name="calendar" />
    <span>${t(`second.${second.state}`, { when })}</span></p>`;
}
