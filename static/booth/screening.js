/**
 * What the person answered to the booth's questions, beside the profile. At a delegated booth the
 * Centre's adviser writes down here what was said, for the employer who is not there.
 */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { QuestionFields, answerText } from "../questions/fields.js";

/**
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("../questions/fields.js").Asked} Asked
 */

/** States in which an adviser writes down what is said. */
const SPOKEN = ["interviewing", "done"];

/** @param {{ model: DeskModel, ticket: TicketCell }} props */
export function Screening({ model, ticket }) {
  const { asked, fault } = useAsked(model, ticket);
  const delegated = model.boothCell.value?.mode === "delegated";
  const writes = delegated && SPOKEN.includes(ticket.state);
  // A person who hides the profile is told of once, in the card above.
  if (fault?.code === "profile_hidden") return null;
  if (!fault && !asked?.questions.length && !asked?.answers.length) return null;
  return html`<section class="card screening" aria-labelledby="screening-heading">
    <h2 id="screening-heading">${t(writes ? "screening.form" : "screening.heading")}</h2>
    <${Trouble} error=${fault} />
    ${asked && (writes ? html`<${Form} model=${model} ticket=${ticket} asked=${asked} />`
      : html`<${Read} model=${model} asked=${asked} />`)}
  </section>`;
}

/** @param {{ model: DeskModel, asked: Asked }} props */
function Read({ model, asked: { questions, answers } }) {
  const said = (/** @type {string} */ id) => answers.filter((one) => one.question_id === id);
  const gone = answers.filter(({ question_id: id }) => !questions.some((one) => one.question_id === id));
  return html`<dl class="answers">
    ${questions.map((question) => html`<div key=${question.question_id}>
      <dt>${about(model, question.vacancy_id)}${either(question.text)}</dt>
      ${said(question.question_id).length === 0 && html`<dd class="quiet-text">${t("screening.not_answered")}</dd>`}
      ${said(question.question_id).map((one) => html`<dd>${answerText(one, questions)}
        ${one.side === "desk" && html` <small class="quiet-text">${t("screening.by_desk")}</small>`}</dd>`)}
    </div>`)}
    ${gone.map((one) => html`<div><dt>${one.question}</dt><dd>${answerText(one)}</dd></div>`)}
  </dl>`;
}

/** @param {{ model: DeskModel, ticket: TicketCell, asked: Asked }} props */
function Form({ model, ticket, asked: { questions, answers } }) {
  const own = answers.filter(({ side }) => side === "candidate");
  const written = answers.filter(({ side }) => side === "desk");
  const first = Object.fromEntries([...own, ...written].map((one) => [one.question_id, one.answer]));
  const save = (/** @type {string} */ questionId, /** @type {string} */ answer) =>
    model.link.send("record_answers", { ticket_id: ticket.ticket_id, answers: { [questionId]: answer } });
  return html`<p class="quiet-text">${t("screening.form_lead")}</p>
    ${own.length > 0 && html`<p class="quiet-text">${t("screening.prefilled")}</p>`}
    <${QuestionFields} questions=${questions} answers=${first} prefix="screening"
      about=${(/** @type {string} */ id) => about(model, id)} save=${save} />`;
}

/** @param {DeskModel} model @param {string | null} vacancyId */
function about(model, vacancyId) {
  const vacancy = model.offer.value.vacancies.find((one) => one.vacancy_id === vacancyId);
  return vacancy ? `${either(vacancy.title)}: ` : "";
}

/**
 * Read questions and answers once a ticket has brought the person here, and again when they change.
 * @param {DeskModel} model
 * @param {TicketCell} ticket
 */
function useAsked(model, ticket) {
  const [asked, setAsked] = useState(/** @type {Asked | null} */ (null));
  const [fault, setFault] = useState(/** @type {import("./model.js").Fault | null} */ (null));
  const live = model.link.status.value === "live";
  const { ticket_id: ticketId, profile, answers } = ticket;
  const wanted = model.offer.value.questions.length > 0 || answers > 0;
  useEffect(() => {
    if (!live || !wanted) return undefined;
    let shown = true;
    api("GET", `/api/fairs/${model.plan.fair_id}/tickets/${ticketId}/answers`).then(
      (found) => shown && (setAsked(found), setFault(null)),
      (error) => shown && (setAsked(null), setFault(error)),
    );
    return () => {
      shown = false;
    };
  }, [ticketId, profile, answers, live, wanted, model.offer.value]);
  return { asked, fault };
}
