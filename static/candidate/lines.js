// Waiting: the number, one card a line, the honest wait, what to do now.
import { html, signal, useEffect, useState } from "../vendor/ui.js";
import { Icon, Trouble, useQuestion } from "../shared/components.js";
import { clock, has, t } from "../shared/i18n.js";
import { chime, keepAwake, soundOn, unlockSound } from "../shared/sound.js";
import { booth, boothNumber, capital, employerName, occasion, place } from "./plan.js";
import { HandOverOffer } from "./hand_over.js";
import { missedCause } from "./misses.js";
import { After, NoCamera, Notice, Offer, Questions, Today, Why } from "./later.js";
import { NotNowAsk, maySayNotNow } from "./not_now.js";
import { Shown } from "./shown.js";
import { busy, fair, fairCell, me, onDeck, screen, send, standing, tickets, who } from "./state.js";
import { backIn } from "./turn.js";
import { aheadWords, isNear, milestone, progress, waitWords } from "./wait.js";

/** @typedef {import("./state.js").Ticket} Ticket */

/** Turns that are shown when they are over; one given up is not. */
const ENDED = ["done", "handed_over", "no_show", "closed"];

/** Turns after which something comes. */
const MET = ["done", "handed_over"];

/** Finished interviews whose "thank you" was read. */
const readDone = signal(/** @type {ReadonlySet<string>} */ (new Set()));

export function Lines() {
  const waiting = standing.value;
  const ended = tickets.value.filter(({ state }) => ENDED.includes(state));
  useEffect(() => (waiting.length ? keepAwake() : undefined), [waiting.length > 0]);
  return html`<main class="page home">
    <${FairNotice} />
    <section class="standing">
      <h1 class="label">${t("home.your_number")}</h1>
      <p class="number figures">${me.value?.number ?? who.value?.number}</p>
    </section>
    ${!onDeck.value && html`<${NearBand} />`}
    <${Today} />
    <${BusyCard} />
    ${ended.map((ticket) => html`<${ThankYou} ticket=${ticket} key=${`thanks-${ticket.ticket_id}`} />`)}
    ${me.value?.stands_back && waiting.length > 0 && html`<p class="missed"><${Icon} name="circle-alert" />
      ${t("line.stands_back")}</p>`}
    <ul class="lines">
      ${waiting.map((ticket) => html`<${LineCard} ticket=${ticket} key=${ticket.ticket_id} />`)}
      ${ended.map((ticket) => html`<${EndedCard} ticket=${ticket} key=${ticket.ticket_id} />`)}
    </ul>
    <${NoCamera} wanted=${waiting.some(({ mode }) => mode !== "onsite")} />
    <${Offer} />
    ${!waiting.length && !busy.value && html`<p class="lead centre">${t("home.no_line")}</p>`}
    <${Actions} first=${!waiting.length && !busy.value} />
    <${SoundHint} wanted=${waiting.length > 0} />
    <${Notice} wanted=${waiting.length > 0} />
    <p class="visually-hidden" role="status">${announcement(waiting[0])}</p>
  </main>`;
}

/** @param {{ first: boolean }} props */
function Actions({ first }) {
  const closed = fairCell.value?.state === "closed";
  return html`<div class="actions">
    ${!closed && html`<button class="button ${first ? "primary" : ""}" type="button"
      onClick=${() => (screen.value = "add")}><${Icon} name="plus" />
      ${t(first ? "home.choose" : "home.add")}</button>`}
    ${!closed && html`<button class="button find-one" type="button" onClick=${() => (screen.value = "find")}>
      ${t("home.find")}</button>`}
    <button class="button" type="button" onClick=${() => (screen.value = "check")}>
      <${Icon} name="video" />${t("home.check")}</button>
    <button class="button quiet" type="button" onClick=${() => (screen.value = "card")}>
      ${t("home.my_card")}</button>
    <button class="button quiet" type="button" onClick=${() => (screen.value = "my_data")}>
      ${t("home.my_data")}</button>
  </div>`;
}

/** What the fair as a whole does, when it is not simply open. */
function FairNotice() {
  const state = fairCell.value?.state;
  if (!state || state === "open") return null;
  return html`<p class="notice" role="status"><${Icon} name="info" />
    <span>${t(`fair.${state}`, { starts: fair.value?.starts || "", when: occasion() })}</span></p>`;
}

/** "Your turn is near": once, with a chime. */
function NearBand() {
  const near = standing.value.find(isNear);
  const nearId = near?.ticket_id;
  useEffect(() => {
    if (!nearId) return;
    chime(0.3);
    navigator.vibrate?.(200);
  }, [nearId]);
  if (!near) return null;
  return html`<p class="near" role="status"><${Icon} name="bell" />
    <span><b>${t("near.title")}</b> ${t("near.what", { place: capital(place(near.booth_id)) })}</span></p>`;
}

/** The person went out of a running interview: the way back in. */
function BusyCard() {
  const ticket = busy.value;
  if (!ticket) return null;
  return html`<section class="card running">
    <h2>${t("busy.title", { place: place(ticket.booth_id, ticket.desk_id) })}</h2>
    <p>${t("busy.kept")}</p>
    <button class="button primary wide" type="button" onClick=${() => backIn(ticket.ticket_id)}>
      <${Icon} name="video" />${t("busy.back_in")}</button>
    <${Shown} ticket=${ticket} />
    <${HandOverOffer} ticket=${ticket} />
  </section>`;
}

/** @param {{ ticket: Ticket }} props */
function LineCard({ ticket }) {
  const wait = waitWords(ticket, boothNumber);
  return html`<li class="card line">
    <${CardHead} ticket=${ticket} />
    ${wait.frozen
      ? html`<p class="wait-words"><${Icon} name="pause" />${wait.frozen}</p>`
      : ticket.state === "on_deck" ? html`<p class="ahead"><b>${t(ticket.ready ? "deck.is_ready" : "deck.soon")}</b></p>`
      : html`<p class="ahead">${aheadWords(ticket)}</p>
        ${wait.time && html`<p class="time">${wait.time}</p>`}
        ${wait.honest && html`<p class="wait-words"><${Icon} name="info" />${wait.honest}</p>`}
        ${wait.time && html`<progress max="100" value=${progress(ticket)}
          aria-label=${t("line.progress")}></progress>`}`}
    ${ticket.misses > 0 && html`<p class="missed"><${Icon} name="circle-alert" />
      ${t(MISSED[missedCause(ticket)], { n: fair.value?.settings.missed_back ?? 3 })}</p>`}
    ${ticket.state === "waiting" && ticket.returned && html`<p class="wait-words"><${Icon} name="info" />
      ${t(`line.returned_${ticket.returned}`)}</p>`}
    ${ticket.state === "waiting" && html`<${AskWhy} ticket=${ticket} />`}
    <${Questions} ticket=${ticket} />
    <${Shown} ticket=${ticket} />
    <${LineActs} ticket=${ticket} />
  </li>`;
}

/** @param {{ ticket: Ticket }} props */
function AskWhy({ ticket }) {
  const [asking, setAsking] = useState(false);
  return html`<button class="ask-why" type="button" aria-haspopup="dialog" onClick=${() => setAsking(true)}>
      ${t("line.why")}<span class="visually-hidden"> ${place(ticket.booth_id)}</span></button>
    ${asking && html`<${Why} ticket=${ticket} close=${() => setAsking(false)} />`}`;
}

const MISSED = { call: "line.missed", heads_up: "line.missed_heads_up", not_arrived: "line.missed_room" };

/** @param {{ ticket: Ticket }} props */
function CardHead({ ticket }) {
  return html`<div class="head">
    <h2><span class="booth">${capital(place(ticket.booth_id))}</span> ${employerName(ticket.booth_id)}</h2>
    <p class="mode"><${Icon} name=${ticket.mode === "onsite" ? "map-pin" : "video"} />
      ${t(`mode.${ticket.mode}`)}</p>
  </div>`;
}

/** "Not now" and giving the place up; both ask once more, in place. @param {{ ticket: Ticket }} props */
function LineActs({ ticket }) {
  const [asking, setAsking] = useState(/** @type {"" | "leave" | "not_now"} */ (""));
  const leave = useQuestion(asking === "leave");
  const notNow = useQuestion(asking === "not_now");
  const back = () => setAsking("");
  if (asking === "leave") return html`<${AskLeave} ticket=${ticket} done=${back} stay=${leave.stay} />`;
  if (asking === "not_now") return html`<${NotNowAsk} ticket=${ticket} done=${back} stay=${notNow.stay} />`;
  const where = html`<span class="visually-hidden"> ${place(ticket.booth_id)}</span>`;
  return html`<div class="line-acts">
    ${ticket.state === "waiting" && maySayNotNow(ticket) && html`<button class="button quiet small" type="button"
      ref=${notNow.opener} onClick=${() => setAsking("not_now")}>${t("not_now.word")}${where}</button>`}
    <button class="button quiet small leave" type="button" ref=${leave.opener}
      onClick=${() => setAsking("leave")}>
      ${t("line.leave")}${where}</button>
  </div>`;
}

/** @param {{ ticket: Ticket, done: () => void, stay: { current: HTMLElement | null } }} props */
function AskLeave({ ticket, done, stay }) {
  const [error, setError] = useState(null);
  const leave = () => send("leave", { ticket_id: ticket.ticket_id }).catch(setError);
  return html`<div class="confirm">
    <p>${t("line.leave_ask")}</p>
    <${Trouble} error=${error} />
    <div class="actions">
      <button class="button" type="button" ref=${stay} onClick=${done}>${t("line.stay")}</button>
      <button class="button danger" type="button" onClick=${leave}>${t("line.leave_yes")}</button>
    </div>
  </div>`;
}

/** @param {{ ticket: Ticket }} props */
function ThankYou({ ticket }) {
  if (ticket.state !== "done" || readDone.value.has(ticket.ticket_id) || !isRecent(ticket)) return null;
  return html`<section class="card thanks" role="status">
    <${Icon} name="circle-check" />
    <h2>${t("done.title", { place: place(ticket.booth_id) })}</h2>
    <p>${t(booth(ticket.booth_id)?.kind === "advice" ? "done.advice" : "done.what")}</p>
    <button class="button" type="button"
      onClick=${() => (readDone.value = new Set([...readDone.value, ticket.ticket_id]))}>${t("done.ok")}</button>
  </section>`;
}

/** @param {Ticket} ticket */
function isRecent({ finished_at }) {
  return finished_at !== null && Date.now() - finished_at < 600_000;
}

/** @param {{ ticket: Ticket }} props */
function EndedCard({ ticket }) {
  const key = `ended.${ticket.closed_cause ?? ticket.state}`;
  return html`<li class="card line ended">
    <${CardHead} ticket=${ticket} />
    <p><${Icon} name=${ticket.state === "done" ? "check" : "info"} />
      ${has(key) ? t(key, { time: ticket.finished_at ? clock(ticket.finished_at) : "" }) : ""}</p>
    ${MET.includes(ticket.state) && html`<${Shown} ticket=${ticket} /><${After} ticket=${ticket} />`}
  </li>`;
}

/** @param {{ wanted: boolean }} props */
function SoundHint({ wanted }) {
  if (!wanted || soundOn.value) return null;
  return html`<button class="button wide" type="button" onClick=${() => { unlockSound(); chime(); }}>
    <${Icon} name="volume-2" />${t("sound.allow")}</button>`;
}

/**
 * Said aloud only when it matters: at 10, 5, 3 and 1 ahead.
 * @param {Ticket | undefined} nearest
 */
function announcement(nearest) {
  if (!nearest) return "";
  const where = capital(place(nearest.booth_id));
  if (nearest.ahead === 0) return t("line.announce_next", { place: where });
  const step = milestone(nearest.ahead);
  return step === null ? "" : t("line.announce", { place: where, n: step });
}
