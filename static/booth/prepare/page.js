/** One list: what is ready, what is missing, and each part to be opened and done. */
import { html, useEffect, useState } from "../../vendor/ui.js";
import { api } from "../../shared/api.js";
import { ConnectionLine, Icon, LanguageSwitch, Trouble } from "../../shared/components.js";
import { date, either, t } from "../../shared/i18n.js";
import { keep, recall } from "../../shared/keep.js";
import { FreeTimes } from "../free_times.js";
import { employerName } from "../plan.js";
import { slotsPath } from "../second_interview.js";
import { People } from "./people.js";
import { Questions } from "./questions.js";
import { Shown } from "./shown.js";
import { Trying } from "./trying.js";
import { Vacancies } from "./vacancies.js";

/**
 * @typedef {import("../plan.js").Plan} Plan
 * @typedef {import("../plan.js").PlanBooth} PlanBooth
 * @typedef {{ staff_id: string, display_name: string }} Colleague
 * @typedef {{ vacancies: object[] | null, questions: object[] | null }} Correction
 * @typedef {import("../second_interview.js").Slot} Slot
 * @typedef {{ booth: PlanBooth, confirmed: boolean, save: (part: Partial<Correction>) => Promise<void> }} Editing
 */

/** @param {{ plan: Plan, filed: PlanBooth, link: import("../../shared/net.js").Link }} props */
export function PreparePage({ plan, filed, link }) {
  const [booth, setBooth] = useState(filed);
  const known = useKnown(plan);
  const testedKey = `fs_tested_${plan.fair_id}`;
  const [tested, setTested] = useState(recall("local", testedKey) === "good");
  const found = (/** @type {boolean} */ good) => {
    keep("local", testedKey, good ? "good" : null);
    setTested(good);
  };
  const save = async (/** @type {Partial<Correction>} */ part) => {
    setBooth(await api("PUT", `/api/fairs/${plan.fair_id}/booth`, part));
    if (part.vacancies) known.setConfirmed(true);
  };
  const people = known.colleagues.length + 1;
  const edit = { booth, confirmed: known.confirmed, save };
  const desks = booth.desks.length;
  return html`<div class="prepare">
    <header class="top-bar">
      <div class="who"><b>${t("booth.number", { number: booth.number })}</b>
        <span class="quiet-text">${employerName(booth)}</span></div>
      <${ConnectionLine} link=${link} /><${LanguageSwitch} />
    </header>
    <main class="prepare-main">
      <h1>${t("prepare.heading")}</h1>
      <p class="quiet-text">${either(plan.name)} · ${date(plan.date)} · ${plan.starts}–${plan.ends}</p>
      <p>${t("prepare.lead")}</p>
      <${Trouble} error=${known.error} />
      <div class="parts">
        ${booth.vacancies.length > 0 && html`<${Part} name="vacancies" done=${known.confirmed}
          state=${t(known.confirmed ? "prepare.vacancies_done" : "prepare.vacancies_missing", { n: booth.vacancies.length })}>
          <${Vacancies} ...${edit} /><//>`}
        <${Part} name="questions" optional=${true} done=${booth.questions.length > 0}
          state=${t(booth.questions.length ? "prepare.questions_done" : "prepare.questions_missing", { n: booth.questions.length })}>
          <${Questions} ...${edit} /><//>
        <${Part} name="people" done=${people >= desks} state=${t("prepare.people_state", { people, desks })}>
          <${People} plan=${plan} booth=${booth} link=${link} colleagues=${known.colleagues} setColleagues=${known.setColleagues} /><//>
        <${Part} name="times" optional=${true} done=${known.slots.length > 0}
          state=${t(known.slots.length ? "prepare.times_done" : "prepare.times_missing", { n: known.slots.length })}>
          <${FreeTimes} model=${{ plan, ticketOf: () => undefined }} slots=${known.slots} setSlots=${known.setSlots} /><//>
        ${booth.mode !== "onsite" && html`<${Part} name="trying" done=${tested}
          state=${t(tested ? "prepare.trying_done" : "prepare.trying_missing")}><${Trying} found=${found} /><//>`}
      </div>
      <${Shown} mode=${booth.mode} />
      <a class="button primary" href=${`/f/${plan.fair_id}/booth`}>${t("prepare.go")}</a>
    </main>
  </div>`;
}

/**
 * One part of the list: a word and a shape say whether it is done.
 * @param {{ name: string, done: boolean, state: string, optional?: boolean, children?: any }} props
 */
function Part({ name, done, state, optional = false, children }) {
  const [open, setOpen] = useState(false);
  return html`<section class=${`part${done ? " done" : optional ? " optional" : ""}`} data-part=${name}>
    <h2><button class="part-head" type="button" aria-expanded=${open} onClick=${() => setOpen(!open)}>
      <${Icon} name=${done ? "circle-check" : optional ? "ellipsis" : "circle-alert"} />
      <span class="part-name">${t(`prepare.${name}`)}<small>${state}</small></span>
      <span class="part-do">${t(open ? "prepare.close" : done ? "prepare.look" : "prepare.do")}</span>
    </button></h2>
    ${open && html`<div class="part-inside">${children}</div>`}
  </section>`;
}

/** What the server knows of this booth's preparation. @param {Plan} plan */
function useKnown(plan) {
  const [confirmed, setConfirmed] = useState(false);
  const [colleagues, setColleagues] = useState(/** @type {Colleague[]} */ ([]));
  const [slots, setSlots] = useState(/** @type {Slot[]} */ ([]));
  const [error, setError] = useState(/** @type {any} */ (null));
  useEffect(() => {
    const base = `/api/fairs/${plan.fair_id}`;
    Promise.all([
      api("GET", `${base}/booth`).then((found) => setConfirmed(found.vacancies !== null)),
      api("GET", `${base}/colleagues`).then((found) => setColleagues(found.colleagues)),
      api("GET", slotsPath({ plan })).then((found) => setSlots(found.slots)),
    ]).catch(setError);
  }, []);
  return { confirmed, setConfirmed, colleagues, setColleagues, slots, setSlots, error };
}
