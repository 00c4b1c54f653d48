/** One ticket of a booth's line: what holds it, why it still waits, and moving it. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { WhyList, heldWords } from "../guidance/why.js";
import { placesFor } from "./trouble.js";

/**
 * @typedef {import("./model.js").ControlModel} ControlModel
 * @typedef {import("./cells.js").LineTicket} LineTicket
 * @typedef {{ model: ControlModel, ticket: LineTicket, others: LineTicket[], again: () => void }} Props
 */

/** @param {Props} props */
export function LineRow({ model, ticket, others, again }) {
  const [open, setOpen] = useState(/** @type {"" | "why" | "move"} */ (""));
  const toggle = (/** @type {"why" | "move"} */ part) => setOpen(open === part ? "" : part);
  const number = String(ticket.number);
  const mayMove = model.mayAct && placesFor(ticket, others).length > 0;
  const ahead = ticket.now === "people_ahead" ? ticket.position - 1 : 0;
  return html`<li class="line-row" data-ticket=${ticket.ticket_id}>
    <p class="line-who">
      <span class="line-place figures">${ticket.position || "•"}</span>
      <span class="line-facts"><b class="figures">${t("line.number", { number })}</b>
        <span class="quiet-text figures">${t("line.waited", { n: minutesSince(model, ticket.issued_at) })}</span>
        <${Marks} ticket=${ticket} /></span>
    </p>
    ${ticket.now !== "people_ahead" && html`<p class="line-held">${heldWords({ ...ticket, ahead }, boothNumber(model))}</p>`}
    <div class="line-acts">
      ${ticket.position > 0 && html`<button class="button quiet small" type="button" data-act="why"
        aria-expanded=${open === "why"} aria-label=${t("line.why_of", { number })}
        onClick=${() => toggle("why")}>${t("line.why")}</button>`}
      ${mayMove && html`<button class="button quiet small" type="button" data-act="move"
        aria-expanded=${open === "move"} aria-label=${t("line.move_of", { number })}
        onClick=${() => toggle("move")}>${t("line.move")}</button>`}
    </div>
    ${open === "why" && html`<${Why} model=${model} ticket=${ticket} />`}
    ${open === "move" && mayMove && html`<${Move} model=${model} ticket=${ticket} others=${others} again=${again}
      done=${() => setOpen("")} />`}
  </li>`;
}

/** @param {{ ticket: LineTicket }} props */
function Marks({ ticket }) {
  const marks = [
    ticket.lane !== "ordinary" && t(`line.lane_${ticket.lane}`),
    ticket.moved && t("line.moved"),
    ticket.misses > 0 && t("line.misses", { n: ticket.misses }),
    !ticket.first_interview && t("line.again"),
  ].filter(Boolean);
  return html`${marks.map((mark) => html`<span class="line-mark" key=${mark}>${mark}</span>`)}`;
}

/** @param {{ model: ControlModel, ticket: LineTicket }} props */
function Why({ model, ticket }) {
  const [why, setWhy] = useState(/** @type {import("../guidance/why.js").Why | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const { ticket_id: ticketId, position, now } = ticket;
  useEffect(() => {
    let wanted = true;
    api("GET", `/api/fairs/${model.plan.fair_id}/tickets/${ticketId}/why`).then(
      (said) => { if (wanted) setWhy(said); }, (refusal) => { if (wanted) setError(refusal); });
    return () => {
      wanted = false;
    };
  }, [ticketId, position, now]);
  return html`<div class="line-more"><${Trouble} error=${error} />
    ${why && html`<${WhyList} why=${why} boothNumber=${boothNumber(model)} />`}</div>`;
}

/** @param {Props & { done: () => void }} props */
function Move({ model, ticket, others, again, done }) {
  const places = placesFor(ticket, others);
  const [before, setBefore] = useState(places[0]?.ticket_id ?? "");
  const chosen = places.some((one) => one.ticket_id === before) ? before : places[0]?.ticket_id;
  const move = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (await model.act("move_ticket", { ticket_id: ticket.ticket_id, before_ticket_id: chosen })) {
      again();
      done();
    }
  };
  const id = `move-${ticket.ticket_id}`;
  return html`<form class="line-more" onSubmit=${move}>
    <div class="field"><label for=${id}>${t("line.before")}</label>
      <select class="input" id=${id} value=${chosen}
        onChange=${(/** @type {any} */ event) => setBefore(event.target.value)}>
        ${places.map((one) => html`<option key=${one.ticket_id} value=${one.ticket_id}>
          ${t("line.before_one", { number: String(one.number), place: one.position })}</option>`)}
      </select></div>
    <p class="quiet-text small-text">${t("line.move_note")}</p>
    <div class="settings-acts">
      <button class="button" type="button" onClick=${done}>${t("line.move_no")}</button>
      <button class="button primary" data-act="move_ticket" disabled=${model.busy.value !== null}>${t("line.move_yes")}</button>
    </div>
  </form>`;
}

/** @param {ControlModel} model */
function boothNumber(model) {
  return (/** @type {string} */ boothId) => model.booths.get(boothId)?.number ?? boothId;
}

/**
 * @param {ControlModel} model
 * @param {number} at ms
 */
function minutesSince(model, at) {
  return Math.max(0, Math.floor((model.link.now() - at) / 60_000));
}
