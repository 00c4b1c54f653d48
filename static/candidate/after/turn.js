// After one interview: its result once published, the second interview, the rating of advice.
import { html, useEffect, useState } from "../../vendor/ui.js";
import { api, fairId } from "../../shared/api.js";
import { Icon, Trouble } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";
import { booth } from "../plan.js";
import { Rating } from "./rating.js";
import { SecondInterview } from "./second.js";

/**
 * @typedef {import("../state.js").Ticket} Ticket
 * @typedef {{ starts_at: number, minutes: number, online: boolean, place: string, state: string,
 *   sequence: number }} Second
 * @typedef {{ second_interview: Second | null,
 *   rating: { passed: boolean, remark: string, at: number } | null }} After
 */

/** @param {{ ticket: Ticket }} props */
export function AfterTurn({ ticket }) {
  const isAdvice = booth(ticket.booth_id)?.kind === "advice";
  const { after, error, read } = useAfter(ticket, isAdvice);
  return html`<div class="after">
    ${!isAdvice && ticket.state === "done" && html`<${Result} ticket=${ticket} />`}
    ${ticket.second_interview && html`<${SecondInterview} ticket=${ticket} second=${after?.second_interview ?? null} />`}
    ${isAdvice && after && html`<${Rating} ticket=${ticket} rating=${after.rating} read=${read} />`}
    <${Trouble} error=${error} />
  </div>`;
}

/**
 * The place of the date and the own remark, read again when the turn's cell says that they changed.
 * @param {Ticket} ticket
 * @param {boolean} isAdvice
 */
function useAfter({ ticket_id: ticketId, second_interview: second, advice_passed: passed }, isAdvice) {
  const [after, setAfter] = useState(/** @type {After | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const wanted = isAdvice || second !== null;
  const read = () => api("GET", `/api/fairs/${fairId()}/tickets/${ticketId}/after`)
    .then((found) => { setAfter(found); setError(null); }, setError);
  useEffect(() => void (wanted && read()), [ticketId, wanted, second?.sequence, second?.state, passed]);
  return { after, error, read };
}

/** Never before the recruiter has published it. @param {{ ticket: Ticket }} props */
function Result({ ticket: { result } }) {
  return html`<section class="result ${result ? "known" : ""}">
    <h3>${t("result.title")}</h3>
    <p role="status"><${Icon} name=${result ? "circle-check" : "clock"} />
      <span>${result ? html`<b>${t(`result.${result}`)}</b> ${t(`result.${result}.what`)}` : t("result.not_yet")}</span></p>
  </section>`;
}
