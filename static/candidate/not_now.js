// "Not now": to be called a little later, a few places back, a few times at most.
import { html, useState } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { place } from "./plan.js";
import { fair, fairCell, send } from "./state.js";

/** @typedef {import("./state.js").Ticket} Ticket */

/**
 * How often "not now" may still be said in this line.
 * @param {Ticket} ticket
 */
function left(ticket) {
  return Math.max(0, (fairCell.value?.not_now_limit ?? 0) - ticket.not_now);
}

/**
 * One tap, for a person who is called or about to be.
 * @param {{ ticket: Ticket, look?: string }} props
 */
export function NotNowButton({ ticket, look = "quiet" }) {
  const [error, setError] = useState(null);
  const n = left(ticket);
  if (n === 0) return null;
  const say = () => send("not_now", { ticket_id: ticket.ticket_id }).catch(setError);
  return html`<button class="button ${look}" type="button" onClick=${say}>${t("not_now.button", { n })}</button>
    <${Trouble} error=${error} />`;
}

/**
 * In the line there is time to say what it means first.
 * @param {{ ticket: Ticket, done: () => void, stay: { current: HTMLElement | null } }} props
 */
export function NotNowAsk({ ticket, done, stay }) {
  const [error, setError] = useState(null);
  const back = fair.value?.settings.missed_back ?? 3;
  const say = () => send("not_now", { ticket_id: ticket.ticket_id }).then(done, setError);
  return html`<div class="confirm">
    <p>${t("not_now.ask", { n: back, left: left(ticket) })}</p>
    <${Trouble} error=${error} />
    <div class="actions">
      <button class="button" type="button" ref=${stay} onClick=${done}>${t("not_now.no")}</button>
      <button class="button" type="button" onClick=${say}>${t("not_now.yes")}
        <span class="visually-hidden"> ${place(ticket.booth_id)}</span></button>
    </div>
  </div>`;
}

/** @param {Ticket} ticket */
export function maySayNotNow(ticket) {
  return left(ticket) > 0;
}
