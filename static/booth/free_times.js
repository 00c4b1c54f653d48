/** The booth's list of free times for second interviews: more of a day at once, or one less. */
import { html, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { clock, date, t } from "../shared/i18n.js";
import { WhenWhere, slotsPath } from "./second_interview.js";
import { isoDay, slotTimes } from "./times.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("./second_interview.js").Slot} Slot
 */

/** @param {{ model: Pick<DeskModel, "plan" | "ticketOf">, slots: Slot[], setSlots: (slots: Slot[]) => void }} props */
export function FreeTimes({ model, slots, setSlots }) {
  const [online, setOnline] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const add = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const said = (/** @type {string} */ name) => String(new FormData(form).get(name) || "");
    const minutes = Number(said("minutes"));
    const times = slotTimes(said("day"), said("from"), said("to"), minutes);
    try {
      if (times.length === 0) throw { message: t("free.nothing") };
      if (!online && !said("place").trim()) throw { message: t("second.no_place") };
      setSlots((await api("POST", slotsPath(model), { starts_at: times, minutes, online, place: said("place").trim() })).slots);
      setError(null);
    } catch (refusal) {
      setError(refusal);
    }
  };
  const remove = async (/** @type {Slot} */ slot) => {
    try {
      await api("DELETE", `${slotsPath(model)}/${slot.slot_id}`);
      setSlots(slots.filter((one) => one.slot_id !== slot.slot_id));
      setError(null);
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`<details class="free-times">
    <summary>${t("free.title", { n: slots.length })}</summary>
    <form class="second-form" onSubmit=${add} novalidate>
      <p class="quiet-text">${t("free.lead")}</p>
      <${WhenWhere} online=${online} setOnline=${setOnline} prefix="free">
        <label class="field"><span>${t("free.from")}</span><input class="input" type="time" name="from" required /></label>
        <label class="field"><span>${t("free.to")}</span><input class="input" type="time" name="to" required /></label>
      <//>
      <button class="button">${t("free.add")}</button>
    </form>
    <${Trouble} error=${error} />
    <ul class="free-list">${slots.map((slot) => html`<li key=${slot.slot_id}>
      <span class="figures">${clock(slot.starts_at)} ${date(isoDay(slot.starts_at))}</span>
      ${slot.ticket_id ? html`<span class="quiet-text">${t("free.given", { number: String(model.ticketOf(slot.ticket_id)?.number ?? "") })}</span>`
        : html`<button class="link-button" type="button" onClick=${() => remove(slot)}>${t("free.remove")}
          <span class="visually-hidden"> ${clock(slot.starts_at)} ${date(isoDay(slot.starts_at))}</span></button>`}
    </li>`)}</ul>
  </details>`;
}
