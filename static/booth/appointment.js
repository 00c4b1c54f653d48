/** Another talk later in this fair: the person is called first at the time agreed. */
import { html } from "../vendor/ui.js";
import { Dialog } from "../shared/dialog.js";
import { Trouble } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";

/** Times are offered in quarters of an hour, so many at most. */
const QUARTER_MS = 15 * 60_000;
const OFFERED = 8;

/**
 * The times that can be agreed: from the next quarter on, before the fair ends.
 *
 * @param {number} now ms
 * @param {number | null} endsAt ms, or null when no end is known
 * @returns {number[]}
 */
export function appointmentTimes(now, endsAt) {
  const first = Math.ceil((now + QUARTER_MS / 3) / QUARTER_MS) * QUARTER_MS;
  return Array.from({ length: OFFERED }, (_, index) => first + index * QUARTER_MS)
    .filter((time) => !endsAt || endsAt < now || time < endsAt);
}

/** @param {{ model: import("./model.js").DeskModel }} props */
export function AppointmentChoice({ model }) {
  const ticket = model.ticket.value;
  const close = () => (model.opened.value = null);
  const times = appointmentTimes(model.link.now(), model.fairCell.value?.ends_at ?? null);
  return html`<${Dialog} title=${t("appoint.title", { number: String(ticket?.number ?? "") })} close=${close}>
    <p class="quiet-text">${t(times.length ? "appoint.lead" : "appoint.too_late")}</p>
    <${Trouble} error=${model.fault.value} />
    <ul class="time-choice">
      ${times.map((time) => html`<li><button class="chip figures" type="button" disabled=${model.busy.value !== null}
        onClick=${() => model.appoint(time)}>${clock(time)}</button></li>`)}
    </ul>
  <//>`;
}
