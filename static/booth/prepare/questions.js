/** The employer's two or three questions: written, changed, taken away, and saved together. */
import { html, useState } from "../../vendor/ui.js";
import { Icon, Trouble } from "../../shared/components.js";
import { either, t } from "../../shared/i18n.js";
import { Field, wrong } from "./vacancies.js";

/**
 * @typedef {import("../../questions/fields.js").Question} Question
 * @typedef {import("./page.js").Editing} Editing
 */

/** About the booth, or about one vacancy. */
const MOST = 3;
const KINDS = /** @type {const} */ (["yes_no", "choice", "text"]);

/** @param {Editing} props */
export function Questions({ booth, save }) {
  const [questions, setQuestions] = useState(/** @type {Question[]} */ (booth.questions));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [saved, setSaved] = useState(false);
  const change = (/** @type {Question[]} */ now) => {
    setQuestions(now);
    setSaved(false);
  };
  const edit = (/** @type {number} */ at, /** @type {Partial<Question>} */ part) =>
    change(questions.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    save({ questions: questions.map(asWritten) }).then(() => (setError(null), setSaved(true)), setError);
  };
  const full = questions.length >= MOST * (booth.vacancies.length + 1) || questions.length >= 12;
  return html`<form class="second-form" onSubmit=${submit}>
    <p class="quiet-text">${t("prepare.questions_lead")}</p>
    ${questions.map((question, index) => html`<${One} key=${question.question_id} question=${question} index=${index} booth=${booth}
      error=${error} edit=${(/** @type {Partial<Question>} */ part) => edit(index, part)}
      remove=${() => change(questions.filter((_, at) => at !== index))} />`)}
    ${wrong(error, "questions") && html`<p class="wrong-note" role="alert">${wrong(error, "questions")}</p>`}
    <${Trouble} error=${error} />
    <div class="after-acts">
      <button class="button" type="button" disabled=${full} onClick=${() => change([...questions, blank(questions)])}>
        <${Icon} name="plus" />${t("prepare.question_add")}</button>
      <button class="button primary">${t("prepare.questions_save")}</button></div>
    <p role="status">${saved && t("prepare.saved")}</p>
  </form>`;
}

/**
 * A new question; the first free name of those that the booth does not use.
 * @param {Question[]} others
 * @returns {Question}
 */
function blank(others) {
  const names = others.map((one) => one.question_id);
  const number = Array.from({ length: 20 }, (_, at) => `q${at + 1}`).find((name) => !names.includes(name));
  return { question_id: number ?? "q", kind: "yes_no", text: { vi: "", en: "" }, choices: [], vacancy_id: null };
}

/** @param {Question} question */
function asWritten({ question_id, kind, text, choices, vacancy_id }) {
  // A public text without English repeats the Vietnamese one: that is nothing to keep.
  const bare = (/** @type {import("../../questions/fields.js").Words} */ { vi, en }) =>
    ({ vi: vi.trim(), en: en === vi ? "" : en.trim() });
  const named = choices.map(bare).filter(({ vi }) => vi);
  return { question_id, kind, text: bare(text), vacancy_id,
    choices: kind === "choice" ? named : [] };
}

/**
 * @param {{ question: Question, index: number, booth: import("../plan.js").PlanBooth, error: any,
 *   edit: (part: Partial<Question>) => void, remove: () => void }} props
 */
function One({ question, index, booth, error, edit, remove }) {
  const { text, kind, choices } = question;
  const fault = wrong(error, `questions[${index}].choices`);
  const typed = (/** @type {"vi" | "en"} */ language) => (/** @type {any} */ event) => edit({ text: { ...text, [language]: event.currentTarget.value } });
  return html`<fieldset class="one-question"><legend>${t("prepare.question", { n: index + 1 })}</legend>
    <${Field} name=${`question-${index}`} label="prepare.question_vi" value=${text.vi} maxlength="200" required=${true} onInput=${typed("vi")} />
    <${Field} name=${`question-${index}-en`} label="prepare.question_en" value=${text.en === text.vi ? "" : text.en} maxlength="200" onInput=${typed("en")} />
    <div class="second-row">
      <label class="field"><span>${t("prepare.kind")}</span><select class="input" name=${`kind-${index}`}
        onChange=${(/** @type {any} */ event) => edit({ kind: event.currentTarget.value })}>
        ${KINDS.map((one) => html`<option value=${one} selected=${one === kind}>${t(`prepare.kind.${one}`)}</option>`)}</select></label>
      ${booth.vacancies.length > 0 && html`<label class="field"><span>${t("prepare.question_about")}</span><select class="input"
        onChange=${(/** @type {any} */ event) => edit({ vacancy_id: event.currentTarget.value || null })}>
        <option value="" selected=${!question.vacancy_id}>${t("prepare.about_booth")}</option>
        ${booth.vacancies.map((one) => html`<option value=${one.vacancy_id} selected=${one.vacancy_id === question.vacancy_id}>
          ${either(one.title)}</option>`)}</select></label>`}
    </div>
    ${kind === "choice" && html`<div class="field"><label for=${`choices-${index}`}>${t("prepare.choices")}</label>
      <textarea class="input" id=${`choices-${index}`} rows="4" aria-invalid=${fault ? "true" : undefined}
        defaultValue=${choices.map(({ vi }) => vi).join("\n")} onInput=${(/** @type {any} */ event) => edit({ choices: lines(event.currentTarget.value, choices) })}></textarea>
      <span class=${fault ? "wrong" : "help"}>${fault || t("prepare.choices_help")}</span></div>`}
    <button class="link-button" type="button" onClick=${remove}>${t("prepare.question_remove")}</button>
  </fieldset>`;
}

/**
 * One choice a line, six at most; the English words of a line that stayed are kept.
 * @param {string} text
 * @param {import("../../questions/fields.js").Words[]} before
 */
function lines(text, before) {
  return text.split("\n").slice(0, 6).map((vi) => ({ vi: vi.slice(0, 80), en: before.find((one) => one.vi === vi)?.en ?? "" }));
}
