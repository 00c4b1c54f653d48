// What I answered to questions of booths: see it, correct it, delete it, turn by turn.
import { html, useState } from "../../vendor/ui.js";
import { api, fairId } from "../../shared/api.js";
import { Trouble, useQuestion } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";
import { AnswersDialog } from "../later.js";
import { readAgain } from "./my_data.js";

/**
 * @typedef {import("./my_data.js").MyData} MyData
 * @typedef {import("./my_data.js").Turn} Turn
 */

/** @param {{ data: MyData, moment: (ms: number) => string }} props */
export function OwnAnswers({ data, moment }) {
  const turns = data.turns.filter(({ ticket_id: id }) => data.answers.some((one) => one.ticket_id === id));
  return html`<section class="card stack"><h2>${t("data.answers")}</h2>
    ${turns.length === 0 && html`<p>${t("data.answers_none")}</p>`}
    ${turns.map((turn) => html`<${OneTurn} key=${turn.ticket_id} turn=${turn} data=${data} moment=${moment} />`)}
  </section>`;
}

/** @param {{ turn: Turn, data: MyData, moment: (ms: number) => string }} props */
function OneTurn({ turn, data, moment }) {
  const [doing, setDoing] = useState(/** @type {"" | "correct" | "delete"} */ (""));
  const [error, setError] = useState(/** @type {any} */ (null));
  const { stay, opener } = useQuestion(doing === "delete");
  const where = t("data.turn", { booth: turn.booth, employer: turn.employer });
  const corrected = () => {
    setDoing("");
    readAgain().catch(setError);
  };
  const remove = () => api("DELETE", `/api/fairs/${fairId()}/tickets/${turn.ticket_id}/answers`).then(readAgain).catch(setError);
  const answers = data.answers.filter(({ ticket_id: id }) => id === turn.ticket_id);
  return html`<div class="stack"><h3>${where}</h3>
    <ul class="facts-list">${answers.map((one) => html`<li key=${`${one.question_id} ${one.side}`}>
      <b>${one.question}</b><span>${one.kind === "yes_no" ? t(`data.answer_${one.answer}`) : one.answer}</span>
      <small class="quiet-text">${t(`data.answer_by_${one.side}`, { at: moment(one.at) })}</small></li>`)}</ul>
    <${Trouble} error=${error} />
    ${doing === "delete" ? html`<div class="confirm"><p>${t("data.answers_delete_ask")}</p><div class="actions">
        <button class="button" type="button" ref=${stay} onClick=${() => setDoing("")}>${t("data.leave_it")}</button>
        <button class="button danger" type="button" onClick=${remove}>${t("data.answers_delete")}</button></div></div>`
      : html`<div class="actions">
        <button class="button" type="button" onClick=${() => setDoing("correct")}>${t("data.answers_correct")}
          <span class="visually-hidden"> ${where}</span></button>
        <button class="button quiet" type="button" ref=${opener} onClick=${() => setDoing("delete")}>${t("data.answers_delete")}
          <span class="visually-hidden"> ${where}</span></button></div>`}
    ${doing === "correct" && html`<${AnswersDialog} ticketId=${turn.ticket_id} boothId=${turn.booth_id} close=${corrected} />`}
  </div>`;
}
