// On the card of a line: the booth asks something beforehand, and nobody has to answer.
import { html, useState } from "../vendor/ui.js";
import { t } from "../shared/i18n.js";
import { place } from "../candidate/plan.js";
import { AnswersDialog } from "./dialog.js";

/** @param {{ ticket: import("../candidate/state.js").Ticket }} props */
export function QuestionsCard({ ticket }) {
  const [open, setOpen] = useState(false);
  const { questions: n, answered } = ticket;
  return html`<div class="questions-card">
    <p>${answered ? t("questions.some", { n: answered, all: n }) : t("questions.asks", { n })}</p>
    <button class="button small" type="button" aria-haspopup="dialog" onClick=${() => setOpen(true)}>
      ${t(answered ? "questions.look" : "questions.answer")}<span class="visually-hidden"> ${place(ticket.booth_id)}</span></button>
    ${open && html`<${AnswersDialog} ticketId=${ticket.ticket_id} boothId=${ticket.booth_id} close=${() => setOpen(false)} />`}
  </div>`;
}
