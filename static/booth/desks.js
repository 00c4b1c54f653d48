/** The booth's desks at a glance: who is with whom. */
import { html } from "../vendor/ui.js";
import { t } from "../shared/i18n.js";
import { deskName } from "./plan.js";

/** @param {{ model: import("./model.js").DeskModel }} props */
export function Desks({ model }) {
  const { booth, desk } = model;
  if (booth.desks.length < 2) return null;
  return html`<section class="desks" aria-labelledby="desks-heading">
    <h2 id="desks-heading">${t("desks.heading")}</h2>
    <ul>${booth.desks.map((one) => {
      const cell = model.desks.value.find(({ desk_id }) => desk_id === one.desk_id);
      const number = cell?.ticket_id ? model.ticketOf(cell.ticket_id)?.number : undefined;
      return html`<li class=${cell?.state ?? "closed"} key=${one.desk_id}>
        <b>${deskName(one)}</b>${one.desk_id === desk.desk_id && html` <small>${t("desks.own")}</small>`}
        <span>${t(`desks.${cell?.state ?? "closed"}`)}${number !== undefined && html` · <span class="figures">${t("number.of", { number: String(number) })}</span>`}</span>
      </li>`;
    })}</ul>
  </section>`;
}
