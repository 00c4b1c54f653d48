// "Find me an interview": a few questions, none of them needed, and booths that fit with the reason.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Icon, Trouble } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { JoinButton } from "../candidate/join.js";
import { booth, boothNumber, employerName, wage } from "../candidate/plan.js";
import { busy, fairCell, link, screen, standing } from "../candidate/state.js";
import { WishForm } from "./find_form.js";
import { idleBooths, useHall } from "./idle.js";
import { keepWish, keptWish, suggestions } from "./wish.js";

/**
 * @typedef {import("./wish.js").Wish} Wish
 * @typedef {import("./wish.js").Suggestion} Suggestion
 */

export function FindPage() {
  useHall();
  const [wish, setWish] = useState(/** @type {Wish} */ (keptWish));
  const { found, words, error } = useFound(wish);
  const results = useRef(/** @type {HTMLElement | null} */ (null));
  const search = (/** @type {Wish} */ said) => {
    keepWish(said);
    setWish(said);
    results.current?.focus({ preventScroll: true });
    results.current?.scrollIntoView({ block: "nearest" });
  };
  const limit = fairCell.value?.join_limit ?? 3;
  const full = standing.value.length + (busy.value ? 1 : 0) >= limit;
  return html`<main class="page find">
    <div class="title-row">
      <button class="button quiet" type="button" onClick=${() => (screen.value = "home")}>
        <${Icon} name="arrow-left" />${t("find.back")}</button>
    </div>
    <h1>${t("find.title")}</h1>
    <p class="lead">${full ? t("find.full", { n: limit }) : t("find.lead")}</p>
    ${words !== null && html`<${WishForm} wish=${wish} words=${wish.words ?? words} search=${search} />`}
    <${Trouble} error=${error} />
    <section class="found" aria-labelledby="found-heading">
      <h2 id="found-heading" tabindex="-1" ref=${results}><span role="status">
        ${found ? t(found.length > 0 ? "find.found" : "find.nothing", { n: found.length }) : t("find.asking")}</span></h2>
      ${found?.length === 0 && html`<p>${t("find.nothing_more")}</p>
        <button class="button" type="button" onClick=${() => (screen.value = "add")}>${t("find.all_booths")}</button>`}
      <ul class="lines">${found?.map((one) => html`<${Found} key=${one.booth_id} suggestion=${one} full=${full} />`)}</ul>
    </section>
  </main>`;
}

/**
 * Ask at once, and again whenever a desk becomes free somewhere or stops being so.
 * @param {Wish} wish
 */
function useFound(wish) {
  const [said, setSaid] = useState(
    /** @type {{ found: Suggestion[] | null, words: string | null, error: any }} */ ({ found: null, words: null, error: null }));
  const idle = idleBooths();
  useEffect(() => {
    let wanted = true;
    suggestions(wish).then(
      ({ found, words }) => wanted && setSaid({ found, words, error: null }),
      (error) => wanted && setSaid((before) => ({ found: [], words: before.words ?? "", error })));
    return () => {
      wanted = false;
    };
  }, [wish, idle]);
  return said;
}

/** @param {{ suggestion: Suggestion, full: boolean }} props */
function Found({ suggestion, full }) {
  const { booth_id: boothId, vacancy_id: vacancyId, reasons } = suggestion;
  const job = booth(boothId)?.vacancies.find((one) => one.vacancy_id === vacancyId);
  return html`<li class="card line found-booth">
    <h3><span class="booth">${t("find.booth_name", { booth: boothNumber(boothId) })}</span> ${employerName(boothId)}</h3>
    ${job && html`<p class="found-job"><b>${either(job.title)}</b> <span class="wage">${wage(job)}</span>
      <span class="quiet-text small-text">${job.overseas ? either(job.overseas.market) : job.workplace.place}</span></p>`}
    ${reasons.length > 0 && html`<p class="found-why"><${Icon} name="check" />
      <span>${t("find.because", { reasons: reasons.map((reason) => t(`find.reason_${reason}`)).join(", ") })}</span></p>`}
    <div class="join-row">
      <${FoundWait} suggestion=${suggestion} />
      ${!full && html`<${JoinButton} boothId=${boothId} />`}
    </div>
  </li>`;
}

/** The wait as the hall shows it now, or as it was when asked. @param {{ suggestion: Suggestion }} props */
function FoundWait({ suggestion }) {
  if (suggestion.free_now) {
    return html`<p class="free-now"><${Icon} name="circle-check" /><b>${t("find.free_now")}</b></p>`;
  }
  const cell = link.value?.cells("hall").value[`booth/${suggestion.booth_id}`];
  const { reason, low_min: low, high_min: high, chance_pct: pct } = cell?.wait ?? suggestion.wait;
  if (reason !== "range") {
    const told = reason === "later" && pct ? t("find.later_chance", { pct }) : t(`find.wait_${reason}`);
    return html`<p class="hall-wait"><b>${told}</b></p>`;
  }
  const range = low === high ? String(low) : `${low}–${high}`;
  return html`<p class="hall-wait"><b>${(high ?? 0) <= 1 ? t("find.wait_now") : t("find.wait_range", { range })}</b>
    ${cell && html`<span class="quiet-text small-text">${t("find.waiting", { n: cell.waiting })}</span>`}</p>`;
}
