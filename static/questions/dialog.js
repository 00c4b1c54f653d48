// Answering beforehand: plain words about who reads it, and every answer kept at once.
import { html, useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { either, t } from "../shared/i18n.js";
import { booth, boothNumber, employerName } from "../candidate/plan.js";
import { send } from "../candidate/state.js";
import { QuestionFields } from "./fields.js";

/** @param {{ ticketId: string, boothId: string, close: () => void }} props */
export function AnswersDialog({ ticketId, boothId, close }) {
  const [asked, setAsked] = useState(/** @type {import("./fields.js").Asked | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    api("GET", `/api/fairs/${fairId()}/tickets/${ticketId}/answers`).then(setAsked, setError);
  }, [ticketId]);
  const answers = Object.fromEntries((asked?.answers ?? []).map((one) => [one.question_id, one.answer]));
  const save = (/** @type {string} */ questionId, /** @type {string} */ answer) =>
    send("record_answers", { ticket_id: ticketId, answers: { [questionId]: answer } });
  return html`<${Dialog} title=${t("questions.title")} close=${close}>
    <p class="quiet-text">${t("questions.where", { booth: boothNumber(boothId), employer: employerName(boothId) })}</p>
    <p>${t(booth(boothId)?.mode === "delegated" ? "questions.who_delegated" : "questions.who")}</p>
    <${Trouble} error=${error} />
    ${!asked && !error && html`<p class="quiet-text" role="status">${t("questions.reading")}</p>`}
    ${asked?.questions.length === 0 && html`<p>${t("questions.none")}</p>`}
    ${asked && html`<${QuestionFields} questions=${asked.questions} answers=${answers} prefix=${ticketId}
      about=${(/** @type {string} */ id) => jobTitle(boothId, id)} save=${save} />`}
    <button class="button primary wide" type="button" onClick=${(/** @type {any} */ event) => event.currentTarget.closest("dialog").close()}>
      ${t("questions.done")}</button>
  <//>`;
}

/** @param {string} boothId @param {string} vacancyId */
function jobTitle(boothId, vacancyId) {
  const job = booth(boothId)?.vacancies.find((one) => one.vacancy_id === vacancyId);
  return job ? t("questions.about", { job: either(job.title) }) : "";
}
