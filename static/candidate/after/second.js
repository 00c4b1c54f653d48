// The second interview: when and where, yes or no, and the file for the phone's calendar.
import { html, useState } from "../../vendor/ui.js";
import { fairId, getSlot } from "../../shared/api.js";
import { Icon, Trouble, useQuestion } from "../../shared/components.js";
import { clock, lang, t } from "../../shared/i18n.js";
import { employerName } from "../plan.js";
import { send } from "../state.js";
import { dayOf, isToday } from "./days.js";

/** @typedef {import("../state.js").Ticket} Ticket */

/** @param {{ ticket: Ticket, second: import("./turn.js").Second | null }} props */
export function SecondInterview({ ticket, second }) {
  const cell = ticket.second_interview;
  if (!cell) return null;
  const { state, starts_at: startsAt, sequence } = cell;
  // The place belongs to the date on the screen, or it is not shown.
  const known = second?.sequence === sequence ? second : null;
  const on = state === "offered" || state === "accepted";
  return html`<section class="second ${state}">
    <h3>${t("second.title")}</h3>
    <p class="when"><${Icon} name="calendar" /><b class="figures">${t("second.when", { time: clock(startsAt), day: dayOf(startsAt) })}</b>
      ${isToday(startsAt) && on && html`<span class="today-mark">${t("second.today")}</span>`}</p>
    ${known && on && html`<p><${Icon} name=${known.online ? "video" : "map-pin"} />
      <span>${known.online ? t("second.online") : known.place}
        ${known.online && known.place && html` <span>${known.place}</span>`}
        <span class="quiet-text"> · ${t("second.minutes", { n: known.minutes })}</span></span></p>`}
    <p role="status"><${Icon} name=${STATE_ICON[state]} /><span>${t(`second.${state}`, { employer: employerName(ticket.booth_id) })}</span></p>
    ${on && html`<${Answer} ticket=${ticket} />`}
    ${known && on && html`<a class="button" href=${calendarUrl(ticket.ticket_id)} download>
      <${Icon} name="calendar" />${t("second.calendar")}</a>`}
    ${known && !on && sequence > 0 && html`<a class="button quiet small" href=${calendarUrl(ticket.ticket_id)} download>
      ${t("second.calendar_off")}</a>`}
  </section>`;
}

const STATE_ICON = { offered: "circle-alert", accepted: "circle-check", declined: "x", cancelled: "x" };

/** @param {string} ticketId */
function calendarUrl(ticketId) {
  const query = new URLSearchParams({ slot: getSlot("candidate") ?? "", language: lang.value });
  return `/api/fairs/${fairId()}/tickets/${ticketId}/second-interview.ics?${query}`;
}

/** @param {{ ticket: Ticket }} props */
function Answer({ ticket }) {
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const { stay, opener } = useQuestion(asking);
  const answer = async (/** @type {boolean} */ accept) => {
    setError(null);
    try {
      await send("answer_second_interview", {
        ticket_id: ticket.ticket_id, accept, sequence: ticket.second_interview?.sequence ?? 0 });
      setAsking(false);
    } catch (refusal) {
      setError(refusal);
    }
  };
  if (asking) {
    return html`<div class="confirm"><p>${t("second.decline_ask")}</p><${Trouble} error=${error} />
      <div class="actions">
        <button class="button" type="button" ref=${stay} onClick=${() => setAsking(false)}>${t("second.keep")}</button>
        <button class="button danger" type="button" onClick=${() => answer(false)}>${t("second.decline_yes")}</button>
      </div></div>`;
  }
  const isNew = ticket.second_interview?.state === "offered";
  return html`<div class="answer">
    ${isNew && html`<button class="button primary" type="button" onClick=${() => answer(true)}>
      <${Icon} name="check" />${t("second.accept")}</button>`}
    <button class="button quiet ${isNew ? "" : "small"}" type="button" ref=${opener} onClick=${() => setAsking(true)}>
      ${t("second.decline")}</button>
    <${Trouble} error=${error} />
  </div>`;
}
