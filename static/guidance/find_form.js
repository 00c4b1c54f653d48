// The questions of "find me an interview", in the words that employers answer too.
import { html, useState } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { fair } from "../candidate/state.js";
import { CONDITIONS, WAGES, askedBesides, wishOf } from "./wish.js";

/** @typedef {import("./wish.js").Wish} Wish */

/** @param {{ wish: Wish, words: string, search: (wish: Wish) => void }} props */
export function WishForm({ wish, words, search }) {
  const [open, setOpen] = useState(false);
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    setOpen(false);
    search(wishOf(new FormData(/** @type {HTMLFormElement} */ (event.target))));
  };
  const n = askedBesides(wish);
  return html`<form class="card stack wish" onSubmit=${submit}>
    <div class="field">
      <label for="wish-words">${t("find.words")}</label>
      <input class="input" id="wish-words" name="words" maxlength="200" value=${words} enterkeyhint="search"
        placeholder=${t("find.words_help")} autocomplete="off" />
    </div>
    <details open=${open} onToggle=${(/** @type {any} */ event) => setOpen(event.target.open)}>
      <summary>${t("find.more")}${n > 0 && html` <b>(${n})</b>`}</summary>
      <div class="stack">
        <${Places} wish=${wish} />
        <${Choice} name="min_wage" value=${wish.min_wage ? String(wish.min_wage / 1_000_000) : ""}
          answers=${WAGES.map((million) => [String(million), t("find.wage_from", { n: million })])} />
        <${Choice} name="shift" value=${yesNo(wish.shift_ok)}
          answers=${[["yes", t("find.shift_yes")], ["no", t("find.shift_no")]]} />
        <${Abroad} wish=${wish} />
        <${Conditions} wish=${wish} />
      </div>
    </details>
    <button class="button primary wide"><${Icon} name="search" />${t("find.search")}</button>
  </form>`;
}

/** Only provinces in which there is work. @param {{ wish: Wish }} props */
function Places({ wish }) {
  const jobs = fair.value?.booths.flatMap((booth) => booth.vacancies) ?? [];
  const codes = [...new Set(jobs.filter((job) => !job.overseas).map((job) => job.workplace.province_code))];
  return html`<${Choice} name="province" value=${wish.province_codes?.[0] ?? ""}
    answers=${codes.sort().map((code) => [code, t(`province.${code}`)])} />`;
}

/** @param {{ wish: Wish }} props */
function Abroad({ wish }) {
  const offered = fair.value?.booths.some((booth) => booth.vacancies.some((job) => job.overseas));
  if (!offered) return null;
  return html`<${Choice} name="abroad" value=${yesNo(wish.abroad)}
    answers=${[["no", t("find.abroad_no")], ["yes", t("find.abroad_yes")]]} />`;
}

/** @param {{ wish: Wish }} props */
function Conditions({ wish }) {
  return html`<fieldset class="conditions">
    <legend>${t("find.conditions")}</legend>
    ${Object.entries(CONDITIONS).map(([name, answers]) => html`<${Choice} key=${name} name=${name}
      value=${wish.conditions?.[name] ?? ""}
      answers=${answers.map((answer) => [answer, t(`find.${name}_${answer}`)])} />`)}
  </fieldset>`;
}

/**
 * One question with "does not matter" first.
 * @param {{ name: string, value: string, answers: string[][] }} props
 */
function Choice({ name, value, answers }) {
  return html`<div class="field">
    <label for=${`wish-${name}`}>${t(`find.${name}`)}</label>
    <select class="input" id=${`wish-${name}`} name=${name}>
      <option value="" selected=${value === ""}>${t("find.any")}</option>
      ${answers.map(([answer, words]) => html`<option key=${answer} value=${answer}
        selected=${answer === value}>${words}</option>`)}
    </select>
  </div>`;
}

/** @param {boolean | undefined} answer */
function yesNo(answer) {
  if (answer === undefined) return "";
  return answer ? "yes" : "no";
}
