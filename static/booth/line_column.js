/** The left column: who waits, by number, and whom the booth has met today. */
import { html, useState } from "../vendor/ui.js";
import { Icon, Trouble } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";
import { AfterActs, MetListButton, SecondState } from "./after.js";
import { Chase } from "./chase.js";
import { Desks } from "./desks.js";
import { Key, keyOf } from "./keys.js";
import { KEYS } from "./next_step.js";
import { OutcomeKeys } from "./outcome.js";

/**
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./model.js").DeskModel} DeskModel
 */

/** Tickets shown of a long line; the rest is a number. */
const SHOWN = 30;

/** @param {{ model: DeskModel }} props */
export function LineColumn({ model }) {
  const [tab, setTab] = useState(/** @type {"line" | "met"} */ ("line"));
  const counts = { line: model.deck.value.length + model.line.value.length, met: model.met.value.length };
  return html`<section class="column line-column">
    <${Desks} model=${model} />
    <${Chase} model=${model} />
    <div class="tabs">
      ${["line", "met"].map((name) => html`<button class="tab" type="button" id=${`tab-${name}`}
        aria-pressed=${tab === name}
        onClick=${() => setTab(/** @type {"line" | "met"} */ (name))}>
        ${t(`nav.${name}`)} <span class="count figures">${counts[/** @type {"line"} */ (name)]}</span>
      </button>`)}
    </div>
    <div class="panel" role="region" aria-labelledby=${`tab-${tab}`} tabindex="0">
      ${tab === "line" ? html`<${Line} model=${model} />` : html`<${Met} model=${model} />`}
    </div>
    <${BoothPause} model=${model} />
  </section>`;
}

/** The whole booth takes a break, and calls again. @param {{ model: DeskModel }} props */
function BoothPause({ model }) {
  const paused = model.boothCell.value?.paused;
  if (paused === undefined || model.fairCell.value?.state === "closed") return null;
  return html`<footer class=${paused ? "booth-pause paused" : "booth-pause"}>
    ${paused && html`<p role="status"><${Icon} name="pause" /><span>${t("booth.paused")}</span></p>`}
    <button class=${paused ? "button" : "button quiet small"} type="button" disabled=${model.busy.value !== null}
      ...${keyOf(KEYS.pause_booth)} onClick=${() => model.act(paused ? "resume_booth" : "pause_booth")}>
      ${t(paused ? "act.resume_booth" : "act.pause_booth")}<${Key} of=${KEYS.pause_booth} /></button>
  </footer>`;
}

/** @param {{ model: DeskModel }} props */
function Line({ model }) {
  const line = model.line.value;
  const deck = model.deck.value;
  if (line.length + deck.length === 0) {
    return html`<p class="empty"><b>${t("line.empty")}</b><br />${t("line.empty_more")}</p>`;
  }
  return html`${deck.length > 0 && html`<ul class="deck-list" aria-label=${t("line.on_deck")}>
      ${deck.map((ticket) => html`<${OnDeck} key=${ticket.ticket_id} ticket=${ticket} />`)}
    </ul>`}
    <ol class="line-list">
      ${line.slice(0, SHOWN).map((ticket) => html`<${Waiting} key=${ticket.ticket_id} ticket=${ticket} />`)}
    </ol>
    ${line.length > SHOWN && html`<p class="empty">${t("line.more", { n: line.length - SHOWN })}</p>`}`;
}

/** Told that the turn is near; ready ones need no call. @param {{ ticket: TicketCell }} props */
function OnDeck({ ticket }) {
  const until = ticket.deadline ? clock(ticket.deadline) : "";
  return html`<li class=${ticket.ready ? "waiting on-deck is-ready" : "waiting on-deck"}>
    <span class="place"><${Icon} name=${ticket.ready ? "circle-check" : "bell"} /></span>
    <b class="ticket-number figures">${ticket.number}</b>
    <span class="since figures">${t("line.since", { time: clock(ticket.since) })}</span>
    <span class="marks">
      <span class="mark near">${ticket.ready ? t("line.ready") : t("line.asked", { time: until })}</span>
      <${LaneChip} lane=${ticket.lane} />
      <span class="mark">${t(ticket.first_interview ? "line.first" : "line.again")}</span>
    </span>
  </li>`;
}

/** Why a person stands before the ordinary line: a word and a colour. @param {{ lane: string }} props */
function LaneChip({ lane }) {
  if (lane === "ordinary") return null;
  return html`<span class=${`lane ${lane}`}>${t(`lane.${lane}`)}</span>`;
}

/** @param {{ ticket: TicketCell }} props */
function Waiting({ ticket }) {
  const [icon, word, kind] = standing(ticket);
  return html`<li class=${`waiting ${kind}`}>
    <span class="place figures">${ticket.position}</span>
    <b class="ticket-number figures">${ticket.number}</b>
    <span class="since figures">${t("line.since", { time: clock(ticket.since) })}</span>
    <span class="marks">
      ${word && html`<span class=${`mark ${kind}`}><${Icon} name=${icon} />${t(word)}</span>`}
      <${LaneChip} lane=${ticket.lane} />
      <span class="mark">${t(ticket.first_interview ? "line.first" : "line.again")}</span>
      ${ticket.misses > 0 && html`<span class="mark">${t("line.missed", { n: ticket.misses })}</span>`}
    </span>
  </li>`;
}

/**
 * What keeps a person from being called now, if anything.
 * @param {TicketCell} ticket
 * @returns {[string, string, string]} icon, word, class
 */
function standing(ticket) {
  if (ticket.frozen) return ["pause", "line.frozen", "frozen"];
  if (!ticket.present) return ["clock", "line.away", "away"];
  return ["", "", "here"];
}

/** @param {{ model: DeskModel }} props */
function Met({ model }) {
  const [open, setOpen] = useState(/** @type {string | null} */ (null));
  const met = model.met.value;
  const mean = model.boothCell.value?.mean_min;
  const missed = model.missed.value;
  if (met.length + missed.length === 0) return html`<p class="empty">${t("met.empty")}</p>`;
  return html`<p class="met-sum">${t("met.count", { n: met.length })}
      ${mean ? html`<br />${t("met.mean", { n: mean })}` : null}</p>
    ${met.length > 0 && html`<${MetListButton} model=${model} />`}
    <ul class="line-list">
      ${met.map((ticket) => html`<${MetPerson} key=${ticket.ticket_id} model=${model} ticket=${ticket}
        open=${open === ticket.ticket_id} setOpen=${setOpen} />`)}
    </ul>
    ${missed.length > 0 && html`<p class="met-sum">${t("met.missed", { n: missed.length })}</p>
      <ul class="line-list">
        ${missed.map((ticket) => html`<${Missed} key=${ticket.ticket_id} model=${model} ticket=${ticket} />`)}
      </ul>
      <${Trouble} error=${model.fault.value} />`}`;
}

/** @param {{ model: DeskModel, ticket: TicketCell }} props */
function Missed({ model, ticket }) {
  return html`<li class="met-person">
    <b class="ticket-number figures">${ticket.number}</b>
    <span class="met-outcome">${t("met.no_show")}</span>
    <span class="since figures">${clock(ticket.since)}</span>
    <button class="link-button" type="button" disabled=${model.busy.value !== null}
      aria-label=${t("met.recall_of", { number: ticket.number })}
      onClick=${() => model.recall(ticket.ticket_id)}>${t("met.recall")}</button>
  </li>`;
}

/**
 * @param {{ model: DeskModel, ticket: TicketCell, open: boolean,
 *   setOpen: (id: string | null) => void }} props
 */
function MetPerson({ model, ticket, open, setOpen }) {
  const moved = ticket.state === "handed_over";
  const toggle = () => setOpen(open ? null : ticket.ticket_id);
  return html`<li class="met-person">
    <b class="ticket-number figures">${ticket.number}</b>
    <span class="met-outcome">${t(moved ? "met.handed_over" : `outcome.${ticket.outcome ?? "pending"}`)}
      ${ticket.reason && html`<small>${t(`reason.${ticket.reason}`)}</small>`}</span>
    <span class="since figures">${t("met.at", { time: clock(ticket.finished_at ?? ticket.since) })}</span>
    ${!moved && html`<button class="link-button" type="button" aria-expanded=${open} onClick=${toggle}
      aria-label=${t("met.correct_of", { number: ticket.number })}>${t(open ? "met.cancel" : "met.correct")}</button>`}
    <${AfterActs} model=${model} ticket=${ticket} small />
    <${SecondState} ticket=${ticket} />
    ${open && html`<${Correction} model=${model} ticket=${ticket} done=${() => setOpen(null)} />`}
  </li>`;
}

/** @param {{ model: DeskModel, ticket: TicketCell, done: () => void }} props */
function Correction({ model, ticket, done }) {
  const [draft, setDraft] = useState({ outcome: ticket.outcome, reason: ticket.reason, note: "" });
  const save = async () => {
    if (await model.correct(ticket.ticket_id, draft)) done();
  };
  return html`<div class="correction">
    <${OutcomeKeys} compact draft=${draft} edit=${(/** @type {object} */ part) => setDraft({ ...draft, ...part })} />
    <${Trouble} error=${model.fault.value} />
    <button class="button primary wide" type="button" disabled=${model.busy.value !== null} onClick=${save}>
      ${t("outcome.save")}</button>
  </div>`;
}
