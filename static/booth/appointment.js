/** Another talk later in this fair: the person is called first at the time agreed. */
import { html } from "../vendor/ui.js";
import { Dialog } from "../shared/dialog.js";
import { Trouble } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";
import { appointmentTimes } from "./times.js";

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
