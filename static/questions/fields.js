// An employer's short questions as fields; each answer is kept as soon as it is given.
import { html, useRef, useState } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";

/**
 * @typedef {{ vi: string, en: string }} Words
 * @typedef {{ question_id: string, kind: "text" | "yes_no" | "choice", text: Words,
 *   choices: Words[], vacancy_id: string | null }} Question
 * @typedef {{ ticket_id: string, question_id: string, side: "candidate" | "desk", question: string,
 *   kind: Question["kind"], answer: string, at: number }} Answer
 * @typedef {{ questions: Question[], answers: Answer[] }} Asked
 */

/** Characters of one answer. */
const LONGEST = 500;

/**
 * An answer in the language of the page.
 * @param {Answer} answer
 * @param {Question[]} [questions]
 */
export function answerText({ kind, answer, question_id: id }, questions = []) {
  if (kind === "yes_no") return t(`questions.${answer}`);
  const choice = questions.find((one) => one.question_id === id)?.choices.find(({ vi }) => vi === answer);
  return choice ? either(choice) : answer;
}

/**
 * @param {{ questions: Question[], answers: Record<string, string>, prefix: string,
 *   about: (vacancyId: string) => string, save: (questionId: string, answer: string) => Promise<unknown> }} props
 *   `answers` by question; `about` names a vacancy; `save` keeps one answer, or deletes it when empty
 */
export function QuestionFields({ questions, answers, prefix, about, save }) {
  return questions.map((question) => html`<${Field} key=${question.question_id} question=${question}
    id=${`${prefix}-${question.question_id}`} first=${answers[question.question_id] ?? ""}
    about=${question.vacancy_id ? about(question.vacancy_id) : ""} save=${save} />`);
}

/**
 * @param {{ question: Question, id: string, first: string, about: string,
 *   save: (questionId: string, answer: string) => Promise<unknown> }} props
 */
function Field({ question, id, first, about, save }) {
  const [said, setSaid] = useState(first);
  const [state, setState] = useState(/** @type {"" | "saving" | "saved"} */ (""));
  const [error, setError] = useState(/** @type {any} */ (null));
  const kept = useRef(first);
  /** @param {string} answer */
  const keep = async (answer) => {
    if (answer === kept.current) return;
    setState("saving");
    setError(null);
    try {
      await save(question.question_id, answer);
      kept.current = answer;
      setState("saved");
    } catch (refusal) {
      setState("");
      setError(refusal);
    }
  };
  const choose = (/** @type {string} */ answer) => {
    setSaid(answer);
    void keep(answer);
  };
  return html`<div class="question">
    ${question.kind === "text" ? html`<div class="field">
        <label for=${id}><${Heading} question=${question} about=${about} /></label>
        <textarea class="input" id=${id} rows="2" maxlength=${LONGEST} value=${said}
          onInput=${(/** @type {any} */ event) => setSaid(event.currentTarget.value)}
          onBlur=${(/** @type {any} */ event) => keep(event.currentTarget.value.trim())}></textarea></div>`
      : html`<${Options} question=${question} id=${id} about=${about} said=${said} choose=${choose} />`}
    <p class="question-state quiet-text" role="status">${state && t(`questions.${state}`)}</p>
    <${Trouble} error=${error} />
  </div>`;
}

/** @param {{ question: Question, about: string }} props */
function Heading({ question, about }) {
  return html`${about && html`<span class="question-about quiet-text">${about}</span>`}<span>${either(question.text)}</span>`;
}

/**
 * @param {{ question: Question, id: string, about: string, said: string, choose: (answer: string) => void }} props
 */
function Options({ question, id, about, said, choose }) {
  const options = question.kind === "yes_no"
    ? ["yes", "no"].map((answer) => ({ answer, words: t(`questions.${answer}`) }))
    : question.choices.map((one) => ({ answer: one.vi, words: either(one) }));
  return html`<fieldset class="question-options">
    <legend><${Heading} question=${question} about=${about} /></legend>
    ${options.map(({ answer, words }) => html`<label class="check" key=${answer}>
      <input type="radio" name=${id} value=${answer} checked=${said === answer} onChange=${() => choose(answer)} />
      <span>${words}</span></label>`)}
    ${said && html`<button class="link-button" type="button" onClick=${() => choose("")}>${t("questions.clear")}</button>`}
  </fieldset>`;
}
