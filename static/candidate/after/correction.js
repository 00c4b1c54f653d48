// What I said of myself, and its correction by the rules of the entry form.
import { html, useRef, useState } from "../../vendor/ui.js";
import { Icon, Trouble, useQuestion } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";
import { SexField, TextField, faultsOf, readAnswers } from "../form.js";
import { change } from "./my_data.js";

/** @typedef {import("./my_data.js").Person} Person */

/** @param {{ person: Person }} props */
export function Correction({ person }) {
  const [editing, setEditing] = useState(false);
  const [saved, setSaved] = useState(false);
  const { opener } = useQuestion(editing);
  const open = () => {
    setSaved(false);
    setEditing(true);
  };
  const done = (/** @type {boolean} */ kept) => {
    setSaved(kept);
    setEditing(false);
  };
  return html`<section class="card stack"><h2>${t("data.person")}</h2>
    ${editing ? html`<${Form} person=${person} done=${done} />` : html`<${Facts} person=${person} />
      ${saved && html`<p role="status"><${Icon} name="circle-check" />${t("data.saved")}</p>`}
      <button class="button" type="button" ref=${opener} onClick=${open}>${t("data.correct")}</button>`}
  </section>`;
}

/** @param {{ person: Person }} props */
function Facts({ person }) {
  const facts = [
    ["number", String(person.number)], ["full_name", person.full_name],
    ["phone", person.phone?.replace(/^\+84/, "0") ?? t("data.no_phone")],
    ["birth_year", String(person.birth_year)], ["sex", t(`form.sex.${person.sex}`)],
    ["commune", person.commune], ["wish", person.wish || "–"],
  ];
  return html`<dl class="data-facts">${facts.map(([name, value]) => html`<div>
    <dt>${t(name === "number" ? "data.number" : `form.${name}`)}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** @param {{ person: Person, done: (kept: boolean) => void }} props */
function Form({ person, done }) {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  const [noPhone, setNoPhone] = useState(person.phone === null);
  const [faults, setFaults] = useState(/** @type {Record<string, string>} */ ({}));
  const [error, setError] = useState(/** @type {any} */ (null));
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { consents: _, ...answers } = readAnswers(/** @type {HTMLFormElement} */ (form.current), noPhone);
    setError(null);
    try {
      await change("PUT", "", answers);
      done(true);
    } catch (refusal) {
      const found = faultsOf(/** @type {any} */ (refusal));
      setFaults(found);
      const [first] = Object.keys(found);
      if (!first) setError(refusal);
      /** @type {HTMLElement | null | undefined} */ (form.current?.querySelector(`[name="${first}"]`))?.focus();
    }
  };
  const text = (/** @type {string} */ name, /** @type {object} */ more = {}) => html`<${TextField} name=${name}
    defaultValue=${String(person[/** @type {keyof Person} */ (name)] ?? "").replace(/^\+84/, "0")} fault=${faults[name]} ...${more} />`;
  return html`<form class="stack" ref=${form} onSubmit=${submit} novalidate>
    ${text("full_name", { autocomplete: "name", autofocus: true })}
    ${text("phone", { type: "tel", inputmode: "tel", disabled: noPhone })}
    <label class="check tight"><input type="checkbox" checked=${noPhone} onChange=${() => setNoPhone(!noPhone)} />
      <span>${t("form.no_phone")}</span></label>
    <div class="pair">${text("birth_year", { inputmode: "numeric", maxlength: "4" })}
      <${SexField} fault=${faults.sex} chosen=${person.sex} /></div>
    ${text("commune")}${text("wish")}
    <${Trouble} error=${error} />
    <div class="actions"><button class="button primary">${t("data.save")}</button>
      <button class="button quiet" type="button" onClick=${() => done(false)}>${t("data.leave_it")}</button></div>
  </form>`;
}
