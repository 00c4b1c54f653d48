// "Why am I still waiting?": the true list, read again whenever the ticket's place changes.
import { html, useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { boothNumber, employerName } from "../candidate/plan.js";
import { me } from "../candidate/state.js";
import { WhyList } from "./why.js";

/** @param {{ ticket: import("../candidate/state.js").Ticket, close: () => void }} props */
export function WhyDialog({ ticket, close }) {
  const [why, setWhy] = useState(/** @type {import("./why.js").Why | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const { ticket_id: ticketId, ahead, state, wait } = ticket;
  useEffect(() => {
    let shown = true;
    api("GET", `/api/fairs/${fairId()}/tickets/${ticketId}/why`).then(
      (said) => { if (shown) { setWhy(said); setError(null); } },
      (refusal) => { if (shown) setError(refusal); });
    return () => { shown = false; };
  }, [ticketId, ahead, state, wait.reason, me.value?.busy_ticket_id]);
  return html`<${Dialog} title=${t("why.title")} close=${close}>
    <p class="quiet-text">${t("why.where", { booth: boothNumber(ticket.booth_id), employer: employerName(ticket.booth_id) })}</p>
    <${Trouble} error=${error} />
    ${why ? html`<${WhyList} why=${why} boothNumber=${boothNumber} />`
      : !error && html`<p class="quiet-text" role="status">${t("why.asking")}</p>`}
  <//>`;
}
