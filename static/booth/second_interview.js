/** Agreeing on a second interview: a free time of the booth's list, or a date of its own. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { ApiError, api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { clock, date, t } from "../shared/i18n.js";
import { SecondState } from "./after.js";
import { FreeTimes } from "./free_times.js";
import { isoDay, momentOf } from "./times.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {{ slot_id: string, starts_at: number, minutes: number, online: boolean,
 *   place: string, ticket_id: string | null }} Slot
 */

/** @param {{ model: DeskModel }} props */
export function SecondInterviewChoice({ model }) {
  const ticket = model.ticketOf(model.secondFor.value ?? "");
  const { slots, error, setSlots } = useSlots(model);
  const close = () => model.openSecond(null);
  if (!ticket) return null;
  const second = ticket.second_interview;
  const on = second?.state === "offered" || second?.state === "accepted";
  const cancel = async () => {
    if (await model.cancelSecond(ticket.ticket_id)) close();
  };
  return html`<${Dialog} title=${t("second.title", { number: String(ticket.number) })} close=${close}>
    <p class="quiet-text">${t("second.lead")}</p>
    <${SecondState} ticket=${ticket} />
    ${on && html`<button class="button quiet" type="button" disabled=${model.busy.value !== null} onClick=${cancel}>
      ${t("second.cancel")}</button>`}
    <${Trouble} error=${model.fault.value ?? error} />
    <${SlotChoice} model=${model} ticket=${ticket} slots=${slots} />
    <${OwnDate} model=${model} ticket=${ticket} />
    <${FreeTimes} model=${model} slots=${slots} setSlots=${setSlots} />
  <//>`;
}

/**
 * The booth's list, read again whenever a date of the booth changes.
 * @param {DeskModel} model
 */
function useSlots(model) {
  const [slots, setSlots] = useState(/** @type {Slot[]} */ ([]));
  const [error, setError] = useState(/** @type {any} */ (null));
  const news = model.met.value.map(({ second_interview: second }) => `${second?.sequence}${second?.state}`).join();
  useEffect(() => {
    let wanted = true;
    api("GET", slotsPath(model)).then(
      (found) => wanted && (setSlots(found.slots), setError(null)),
      (refusal) => wanted && setError(refusal));
    return () => {
      wanted = false;
    };
  }, [news, model.fault.value]);
  return { slots, error, setSlots };
}

/** @param {{ plan: { fair_id: string } }} model */
export const slotsPath = (model) => `/api/fairs/${model.plan.fair_id}/slots`;

/** @param {{ model: DeskModel, ticket: TicketCell, slots: Slot[] }} props */
function SlotChoice({ model, ticket, slots }) {
  const free = slots.filter((slot) => slot.ticket_id === null);
  if (slots.length === 0) return null;
  const take = async (/** @type {Slot} */ slot) => {
    if (await model.offerSecond(ticket.ticket_id, { slot_id: slot.slot_id })) model.openSecond(null);
  };
  return html`<section><h3>${t("second.free", { n: free.length })}</h3>
    <ul class="time-choice">${free.map((slot) => html`<li key=${slot.slot_id}>
      <button class="chip figures" type="button" disabled=${model.busy.value !== null} onClick=${() => take(slot)}>
        ${clock(slot.starts_at)} ${date(isoDay(slot.starts_at))}<small> · ${slot.online ? t("second.online") : slot.place}</small>
      </button></li>`)}</ul></section>`;
}

/** @param {{ model: DeskModel, ticket: TicketCell }} props */
function OwnDate({ model, ticket }) {
  const [online, setOnline] = useState(false);
  const offer = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    const startsAt = momentOf(String(said.get("day")), String(said.get("time")));
    if (!(startsAt > model.link.now())) {
      model.fault.value = new ApiError(400, { code: "field_wrong", message: t("second.past") });
      return;
    }
    const fields = { starts_at: startsAt, minutes: Number(said.get("minutes")), online, place: String(said.get("place") || "").trim() };
    if (!online && !fields.place) {
      model.fault.value = new ApiError(400, { code: "field_wrong", message: t("second.no_place") });
    } else if (await model.offerSecond(ticket.ticket_id, fields)) model.openSecond(null);
  };
  return html`<form class="second-form" onSubmit=${offer} novalidate>
    <h3>${t("second.own")}</h3>
    <${WhenWhere} online=${online} setOnline=${setOnline} prefix="own">
      <label class="field"><span>${t("second.time")}</span><input class="input" type="time" name="time" required /></label>
    <//>
    <button class="button primary" disabled=${model.busy.value !== null}>${t("second.offer")}</button>
  </form>`;
}

/**
 * Day, length and place; what else belongs in the first row stands between.
 * @param {{ online: boolean, setOnline: (on: boolean) => void, prefix: string, children?: any }} props
 */
export function WhenWhere({ online, setOnline, prefix, children }) {
  return html`<div class="second-row">
      <label class="field"><span>${t("second.day")}</span><input class="input" type="date" name="day" required /></label>
      ${children}
      <label class="field"><span>${t("second.minutes")}</span>
        <input class="input" type="number" name="minutes" min="5" max="480" step="5" defaultValue="30" required /></label>
    </div>
    <fieldset class="second-where"><legend class="visually-hidden">${t("second.where")}</legend>
      ${[false, true].map((value) => html`<label class="check tight"><input type="radio" name=${`${prefix}-where`}
        checked=${online === value} onChange=${() => setOnline(value)} /><span>${t(value ? "second.online" : "second.in_person")}</span></label>`)}
    </fieldset>
    <label class="field"><span>${t(online ? "second.how" : "second.place")}</span>
      <input class="input" name="place" maxlength="200" /></label>`;
}
