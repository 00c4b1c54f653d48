// The form of the day: seven short answers and the consents, each alone, none given beforehand.
import { html, useRef, useState } from "../vendor/ui.js";
import { fairId } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { lang, t } from "../shared/i18n.js";
import { randomName } from "../shared/keep.js";
import { comeIn, filling } from "./state.js";

/** Purposes of consent; only the first is needed to take part. */
export const CONSENTS = ["take_part", "show_profile", "keep_profile", "statistics", "messages"];

/** @typedef {Record<string, string>} Faults field → sentence */

export function RegisterForm() {
  const form = useRef(/** @type {HTMLFormElement | null} */ (null));
  // One request, however often the button is pressed on a bad network.
  const requestId = useRef(randomName("r"));
  const [noPhone, setNoPhone] = useState(false);
  const [shared, setShared] = useState(false);
  const [faults, setFaults] = useState(/** @type {Faults} */ ({}));
  const [error, setError] = useState(/** @type {any} */ (null));
  const [busy, setBusy] = useState(false);

  const show = (/** @type {Faults} */ found) => {
    setFaults(found);
    const [first] = Object.keys(found);
    /** @type {HTMLElement | null | undefined} */ (form.current?.querySelector(`[name="${first}"]`))?.focus();
  };
  const submit = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const answers = readAnswers(/** @type {HTMLFormElement} */ (form.current), noPhone);
    const missing = missingFields(answers, noPhone);
    show(missing);
    setError(null);
    if (Object.keys(missing).length) return;
    setBusy(true);
    try {
      await comeIn(`/api/fairs/${fairId()}/candidates`,
        { request_id: requestId.current, language: lang.value, ...answers }, shared);
    } catch (refusal) {
      const found = faultsOf(refusal);
      if (Object.keys(found).length) show(found);
      else setError(refusal);
      setBusy(false);
    }
  };
  // On a shared computer the browser must not offer this person's answers to the next one.
  return html`<form class="card stack" ref=${form} onSubmit=${submit} novalidate autocomplete=${shared ? "off" : "on"}
    onInput=${() => (filling.value = true)}>
    <h2>${t("form.title")}</h2>
    <${TextField} name="full_name" autocomplete=${shared ? "off" : "name"} fault=${faults.full_name} />
    <${TextField} name="phone" type="tel" inputmode="tel" autocomplete=${shared ? "off" : "tel"} disabled=${noPhone}
      fault=${faults.phone} />
    <label class="check tight"><input type="checkbox" checked=${noPhone}
      onChange=${() => setNoPhone(!noPhone)} /><span>${t("form.no_phone")}</span></label>
    <div class="pair">
      <${TextField} name="birth_year" inputmode="numeric" maxlength="4" autocomplete=${shared ? "off" : "bday-year"}
        fault=${faults.birth_year} />
      <${SexField} fault=${faults.sex} />
    </div>
    <${CommuneField} fault=${faults.commune} />
    <${TextField} name="wish" fault=${faults.wish} />
    <${Consents} fault=${faults.take_part} />
    <${SharedChoice} shared=${shared} choose=${setShared} />
    <${Trouble} error=${error} />
    <button class="button primary wide" disabled=${busy}>${t(busy ? "form.sending" : "form.submit")}</button>
  </form>`;
}

/**
 * A computer at a meeting place, or somebody else's telephone: nothing of the person stays there.
 * @param {{ shared: boolean, choose: (shared: boolean) => void }} props
 */
export function SharedChoice({ shared, choose }) {
  return html`<label class="check"><input type="checkbox" name="shared" checked=${shared}
    onChange=${() => choose(!shared)} /><span>${t("shared.choice")}
      ${shared && html`<span class="small-text quiet-text">${t("shared.what")}</span>`}</span></label>`;
}

/** @param {{ name: string, fault?: string, [attribute: string]: any }} props */
export function TextField({ name, fault, ...input }) {
  return html`<div class="field">
    <label for=${name}>${t(`form.${name}`)}</label>
    <input class="input" id=${name} name=${name} aria-invalid=${Boolean(fault)}
      aria-describedby="${name}-help" ...${input} />
    <${FieldNote} name=${name} fault=${fault} />
  </div>`;
}

/** The commune, with suggestions that come with the first letter. @param {{ fault?: string }} props */
function CommuneField({ fault }) {
  const [hints, setHints] = useState(/** @type {any} */ (null));
  const help = async (/** @type {InputEvent} */ { target }) => {
    const { CommuneHints } = await import("./communes.js");
    setHints(html`<${CommuneHints} input=${target} />`);
  };
  return html`<${TextField} name="commune" autocomplete="address-level3" fault=${fault}
      onInput=${hints ? undefined : help} />
    ${hints}`;
}

/** @param {{ name: string, fault?: string }} props */
function FieldNote({ name, fault }) {
  const help = t(`form.${name}.help`);
  if (!fault && help === "") return null;
  return html`<p id="${name}-help" class=${fault ? "wrong" : "help"}>${fault || help}</p>`;
}

/** @param {{ fault?: string, chosen?: string }} props */
export function SexField({ fault, chosen }) {
  return html`<fieldset class="field">
    <legend class="label">${t("form.sex")}</legend>
    <div class="choices">
      ${["nu", "nam"].map((value) => html`<label class="choice">
        <input type="radio" name="sex" value=${value} defaultChecked=${value === chosen} /><span>${t(`form.sex.${value}`)}</span></label>`)}
    </div>
    ${fault && html`<p class="wrong">${fault}</p>`}
  </fieldset>`;
}

/** @param {{ fault?: string }} props */
function Consents({ fault }) {
  return html`<fieldset class="consents">
    <legend class="label">${t("consent.title")}</legend>
    <p class="small-text quiet-text">${t("consent.lead")}</p>
    ${CONSENTS.map((purpose) => html`<label class="check">
      <input type="checkbox" name=${purpose} />
      <span>${t(`consent.${purpose}`)}${purpose === "take_part"
        && html` <b class="needed">${t("consent.needed")}</b>
          ${fault && html`<span class="wrong" role="alert">${fault}</span>`}`}</span></label>`)}
  </fieldset>`;
}

/**
 * @param {HTMLFormElement} form
 * @param {boolean} noPhone
 */
export function readAnswers(form, noPhone) {
  const said = new FormData(form);
  const text = (/** @type {string} */ name) => String(said.get(name) || "").trim().normalize("NFC");
  return {
    full_name: text("full_name").replace(/\s+/g, " "),
    phone: noPhone ? null : text("phone").replace(/[\s.-]/g, ""),
    birth_year: Number(text("birth_year")) || 0,
    sex: text("sex"),
    commune: text("commune"),
    wish: text("wish"),
    consents: Object.fromEntries(CONSENTS.map((purpose) => [purpose, said.has(purpose)])),
  };
}

/**
 * What is still to be filled in; the server judges the rest.
 * @param {ReturnType<typeof readAnswers>} answers
 * @param {boolean} noPhone
 * @returns {Faults}
 */
function missingFields(answers, noPhone) {
  /** @type {Record<string, boolean>} */
  const given = {
    full_name: answers.full_name !== "",
    phone: noPhone || answers.phone !== "",
    birth_year: answers.birth_year > 1900,
    sex: answers.sex !== "",
    commune: answers.commune !== "",
    take_part: answers.consents.take_part,
  };
  return Object.fromEntries(
    Object.keys(given).filter((field) => !given[field])
      .map((field) => [field, t(`form.${field}.missing`)]));
}

/**
 * What the server finds wrong, field by field.
 * @param {any} refusal
 * @returns {Faults} empty when it is not about fields
 */
export function faultsOf({ detail }) {
  /** @type {{ field: string, problem: string, low?: number, high?: number }[]} */
  const found = detail?.fields || [];
  return Object.fromEntries(found.map(({ field, problem, low = "", high = "" }) => {
    const name = field.split(".").pop() || field;
    // Years and lengths as plain digits: not 1.946.
    const sentence = problem === "needed" || problem === "not_given"
      ? t(`form.${name}.missing`) : t(`problem.${problem}`, { low: String(low), high: String(high) });
    return [name, sentence];
  }));
}
