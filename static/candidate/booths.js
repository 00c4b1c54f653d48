// Choosing a booth: search without marks, jobs with wage and place, the live wait of each.
import { html, useEffect, useState } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { JoinButton } from "./join.js";
import { capital, employerName, findBooths, place, wage } from "./plan.js";
import { busy, fairCell, link, screen, serverNow, standing, tickets } from "./state.js";
import { rangeWords } from "./wait.js";

/** @typedef {import("./plan.js").Booth} Booth */

/** Jobs shown before "and N more". */
const SHOWN = 2;

export function Booths() {
  const [search, setSearch] = useState("");
  const live = link.value;
  useEffect(() => {
    // The waits of all booths come only while they are looked at.
    live?.watch("hall");
    return () => live?.unwatch("hall");
  }, [live]);
  const found = findBooths(search);
  const limit = fairCell.value?.join_limit ?? 3;
  const full = standing.value.length + (busy.value ? 1 : 0) >= limit;
  return html`<main class="page booths">
    <div class="title-row">
      <button class="button quiet" type="button" onClick=${() => (screen.value = "home")}>
        <${Icon} name="arrow-left" />${t("booths.back")}</button>
    </div>
    <h1>${t("booths.title")}</h1>
    <p class="lead">${full ? t("booths.full", { n: limit }) : t("booths.lead", { n: limit })}</p>
    <div class="search"><${Icon} name="search" />
      <input class="input" type="search" value=${search} placeholder=${t("booths.search")}
        aria-label=${t("booths.search")} enterkeyhint="search"
        onInput=${(/** @type {InputEvent} */ event) => setSearch(/** @type {HTMLInputElement} */ (event.target).value)} /></div>
    <p class="small-text quiet-text" role="status">${t("booths.count", { n: found.length })}</p>
    <ul class="lines">${found.map((one) => html`<${BoothCard} booth=${one} full=${full} key=${one.booth_id} />`)}</ul>
  </main>`;
}

/** @param {{ booth: Booth, full: boolean }} props */
function BoothCard({ booth, full }) {
  return html`<li class="card line">
    <div class="head">
      <h2><span class="booth">${capital(place(booth.booth_id))}</span> ${employerName(booth.booth_id)}</h2>
      <p class="mode"><${Icon} name=${booth.mode === "onsite" ? "map-pin" : "video"} />
        ${t(`mode.${booth.mode}`)}</p>
    </div>
    ${booth.mode === "delegated" && html`<p class="small-text quiet-text">${t("mode.delegated_what")}</p>`}
    <${Jobs} jobs=${booth.vacancies} />
    <div class="join-row"><${HallWait} boothId=${booth.booth_id} /><${Join} booth=${booth} full=${full} /></div>
  </li>`;
}

/** @param {{ jobs: import("./plan.js").Vacancy[] }} props */
function Jobs({ jobs }) {
  const [all, setAll] = useState(false);
  const shown = all ? jobs : jobs.slice(0, SHOWN);
  return html`<ul class="jobs">
    ${shown.map((job) => html`<li key=${job.vacancy_id}>
      <b>${either(job.title)}</b>
      <span class="wage">${wage(job)}</span>
      <span class="quiet-text small-text">${[
        job.overseas ? either(job.overseas.market) : job.workplace.place,
        t("booths.openings", { n: job.openings })].join(" · ")}</span></li>`)}
    ${shown.length < jobs.length && html`<li><button class="button quiet small" type="button"
      onClick=${() => setAll(true)}>${t("booths.more", { n: jobs.length - shown.length })}</button></li>`}
  </ul>`;
}

/** @param {{ boothId: string }} props */
function HallWait({ boothId }) {
  const cell = link.value?.cells("hall").value[`booth/${boothId}`];
  if (!cell) return html`<p class="small-text quiet-text">${t("booths.no_wait")}</p>`;
  const { time, honest } = rangeWords(cell.wait);
  return html`<p class="hall-wait">
    <b>${time || hallReason(cell.wait)}</b>
    <span class="quiet-text small-text">${t("booths.waiting", { n: cell.waiting })}</span>
    <span class="visually-hidden">${honest}</span></p>`;
}

/** @param {import("./state.js").Wait} wait */
function hallReason({ reason, chance_pct }) {
  return reason === "later" && chance_pct ? t("hall.later_chance", { pct: chance_pct }) : t(`hall.${reason}`);
}

/** @param {{ booth: Booth, full: boolean }} props */
function Join({ booth, full }) {
  const mine = [...standing.value, busy.value].some((ticket) => ticket?.booth_id === booth.booth_id);
  if (mine) return html`<p class="mine"><${Icon} name="check" />${t("booths.in_line")}</p>`;
  return html`<${JoinButton} boothId=${booth.booth_id} disabled=${full}
    refused=${(/** @type {string} */ code) => code === "no_time_left"
      && html`<${StillTime} instead=${booth.booth_id} />`} />`;
}

/** Booths offered when there is no time left for the chosen one. */
const OFFERED = 3;

/**
 * Booths that can still serve a newcomer, the shortest wait first.
 * @param {{ instead: string }} props
 */
function StillTime({ instead }) {
  const cells = Object.values(link.value?.cells("hall").value ?? {});
  const left = ((fairCell.value?.ends_at ?? Infinity) - serverNow()) / 60_000;
  const joined = tickets.value.map(({ booth_id }) => booth_id);
  const found = cells
    .filter((cell) => cell.wait?.reason === "range" && cell.booth_id !== instead
      && !joined.includes(cell.booth_id) && cell.wait.high_min + MINUTES_TO_TALK < left)
    .sort((a, b) => a.wait.high_min - b.wait.high_min).slice(0, OFFERED);
  if (found.length === 0) return html`<p class="still-time">${t("no_time.none")}</p>`;
  return html`<div class="still-time" role="status">
    <p>${t("no_time.others")}</p>
    <ul>${found.map((cell) => html`<li key=${cell.booth_id}>
      <span><b>${capital(place(cell.booth_id))}</b> · ${employerName(cell.booth_id)}
        <small>${rangeWords(cell.wait).time}</small></span>
      <${JoinButton} boothId=${cell.booth_id} small /></li>`)}</ul>
  </div>`;
}

/** The shortest interview worth standing in line for; minutes. */
const MINUTES_TO_TALK = 3;
