/** The booth's vacancies as people will read them: see each, correct it, say that all is right. */
import { html, useState } from "../../vendor/ui.js";
import { Icon, Trouble } from "../../shared/components.js";
import { either, has, t } from "../../shared/i18n.js";
import { wageText } from "../plan.js";

/**
 * @typedef {import("../plan.js").PlanVacancy} PlanVacancy
 * @typedef {import("./page.js").Editing} Editing
 */

const UNITS = ["month", "day", "hour", "negotiable", "commission"];
const CONDITIONS = {
  place: ["indoor", "outdoor", "mixed"], lifting: ["under_5kg", "5_20kg", "over_20kg"],
  standing: ["hardly", "medium", "much"], speech: ["not_needed", "basic", "important"],
  sight: ["normal", "small_objects"], hand_work: ["large", "small", "tiny"],
  hands: ["both", "sometimes_both", "one", "left", "right"],
};

/** What a booth corrects of a vacancy, as it stands now. @param {PlanVacancy} vacancy */
const asNow = ({ vacancy_id, title, openings, description, wage_unit, wage_min, wage_max, shift_required, work_conditions }) =>
  ({ vacancy_id, title: { vi: title.vi, en: title.en === title.vi ? "" : title.en }, openings, description, wage_unit, wage_min, wage_max,
    shift_required: shift_required ?? false, work_conditions });

/** @param {Editing} props */
export function Vacancies({ booth, confirmed, save }) {
  const [editing, setEditing] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const confirm = () => save({ vacancies: booth.vacancies.map(asNow) }).then(() => setError(null), setError);
  const keepOne = async (/** @type {ReturnType<typeof asNow>} */ changed) => {
    await save({ vacancies: booth.vacancies.map((one) => (one.vacancy_id === changed.vacancy_id ? changed : asNow(one))) });
    setEditing("");
  };
  return html`<ul class="prepare-list">${booth.vacancies.map((one, index) => html`<li key=${one.vacancy_id}>
      ${editing === one.vacancy_id
        ? html`<${Form} vacancy=${one} index=${index} save=${keepOne} close=${() => setEditing("")} />`
        : html`<div class="prepare-row"><div><b>${either(one.title)}</b>
            <p>${t("vacancy.openings", { n: one.openings })} · ${wageText(one)}${one.shift_required && ` · ${t("prepare.shift")}`}</p>
            <p class="quiet-text">${one.workplace.place} · ${conditionText(one)}</p></div>
          <button class="button small" type="button" onClick=${() => setEditing(one.vacancy_id)}>${t("prepare.correct")}
            <span class="visually-hidden"> ${either(one.title)}</span></button></div>`}
    </li>`)}</ul>
    <${Trouble} error=${error} />
    ${!confirmed && !editing && html`<button class="button primary" type="button" onClick=${confirm}>
      <${Icon} name="check" />${t("prepare.all_right")}</button>`}`;
}

/** @param {PlanVacancy} vacancy */
function conditionText({ work_conditions: conditions }) {
  const said = Object.entries(conditions).filter(([, value]) => value);
  return said.map(([name, value]) => t(`prepare.${name}.${value}`)).join(", ") || t("prepare.no_conditions");
}

/**
 * @param {{ vacancy: PlanVacancy, index: number, close: () => void,
 *   save: (changed: ReturnType<typeof asNow>) => Promise<void> }} props
 */
function Form({ vacancy, index, save, close }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [unit, setUnit] = useState(vacancy.wage_unit);
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    try {
      await save(read(vacancy.vacancy_id, /** @type {HTMLFormElement} */ (event.target)));
    } catch (refusal) {
      setError(refusal);
    }
  };
  const marked = (/** @type {string} */ name) => wrong(error, `vacancies[${index}].${name}`);
  const paid = !["negotiable", "commission"].includes(unit);
  return html`<form class="second-form" onSubmit=${submit}>
    <${Field} name="title" label="prepare.title_vi" value=${vacancy.title.vi} fault=${marked("title.vi")} required=${true} maxlength="200" />
    <${Field} name="title_en" label="prepare.title_en" value=${vacancy.title.en === vacancy.title.vi ? "" : vacancy.title.en} maxlength="200" />
    <div class="second-row">
      <${Field} name="openings" label="prepare.openings" value=${vacancy.openings} type="number" min="1" max="100000" required=${true} fault=${marked("openings")} />
      <label class="field"><span>${t("prepare.wage_unit")}</span><select class="input" name="wage_unit"
        onChange=${(/** @type {any} */ event) => setUnit(event.currentTarget.value)}>
        ${UNITS.map((one) => html`<option value=${one} selected=${one === unit}>${t(`prepare.unit.${one}`)}</option>`)}</select></label>
      ${paid && html`<${Field} name="wage_min" label="prepare.wage_min" value=${vacancy.wage_min} type="number" min="10000" fault=${marked("wage_min")} />
        <${Field} name="wage_max" label="prepare.wage_max" value=${vacancy.wage_max} type="number" min="10000" fault=${marked("wage_max")} />`}
    </div>
    <label class="check tight"><input type="checkbox" name="shift" defaultChecked=${vacancy.shift_required} /><span>${t("prepare.shift")}</span></label>
    <label class="field"><span>${t("prepare.description")}</span>
      <textarea class="input" name="description" rows="3" maxlength="4000" required defaultValue=${vacancy.description}></textarea></label>
    <fieldset class="conditions"><legend>${t("prepare.conditions")}</legend><div class="second-row">
      ${Object.entries(CONDITIONS).map(([name, values]) => html`<label class="field"><span>${t(`prepare.${name}`)}</span>
        <select class="input" name=${name}><option value="">${t("prepare.not_said")}</option>
          ${values.map((value) => html`<option value=${value} selected=${vacancy.work_conditions[name] === value}>
            ${t(`prepare.${name}.${value}`)}</option>`)}</select></label>`)}</div></fieldset>
    <${Trouble} error=${error} />
    <div class="after-acts"><button class="button primary">${t("prepare.save")}</button>
      <button class="button quiet" type="button" onClick=${close}>${t("prepare.leave_it")}</button></div>
  </form>`;
}

/** @param {string} vacancyId @param {HTMLFormElement} form */
function read(vacancyId, form) {
  const data = new FormData(form);
  const said = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const amount = (/** @type {string} */ name) => (said(name) ? Number(said(name)) : null);
  const conditions = Object.keys(CONDITIONS).filter((name) => said(name)).map((name) => [name, said(name)]);
  return {
    vacancy_id: vacancyId, title: { vi: said("title"), en: said("title_en") }, openings: Number(said("openings")),
    description: said("description"), wage_unit: said("wage_unit"), wage_min: amount("wage_min"),
    wage_max: amount("wage_max"), shift_required: data.has("shift"), work_conditions: Object.fromEntries(conditions),
  };
}

/**
 * What is wrong with a field, by the server's word.
 * @param {any} error
 * @param {string} field
 */
export function wrong(error, field) {
  const found = /** @type {{ field: string }[]} */ (error?.detail?.fields ?? []).some((one) => one.field === field);
  const key = `prepare.wrong.${field.split(".").at(-1)}`;
  return found ? t(has(key) ? key : "prepare.wrong.other") : "";
}

/** @param {{ name: string, label: string, value: unknown, fault?: string } & Record<string, any>} props */
export function Field({ name, label, value, fault = "", ...more }) {
  const id = `prepare-${name}`;
  return html`<div class="field"><label for=${id}>${t(label)}</label>
    <input class="input" id=${id} name=${name} defaultValue=${value ?? ""} aria-invalid=${fault ? "true" : undefined}
      aria-describedby=${fault ? `${id}-wrong` : undefined} ...${more} />
    ${fault && html`<span class="wrong" id=${`${id}-wrong`}>${fault}</span>`}</div>`;
}
