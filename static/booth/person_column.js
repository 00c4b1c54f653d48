/** The middle column: what is happening, the person, the vacancies; at its foot, what to do. */
import { html, useEffect, useState } from "../vendor/ui.js";
import { api } from "../shared/api.js";
import { Countdown, Icon, Trouble } from "../shared/components.js";
import { clock, either, t } from "../shared/i18n.js";
import { AfterStrip } from "./after.js";
import { ActionBar } from "./action_bar.js";
import { Earlier } from "./earlier.js";
import { HandOverNote } from "./hand_over.js";
import { OutcomeKeys } from "./outcome.js";
import { hasMet, isAtDesk } from "./next_step.js";
import { phoneText, wageText } from "./plan.js";
import { Screening } from "./screening.js";

/**
 * @typedef {import("./cells.js").TicketCell} TicketCell
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {{ full_name: string | null, birth_year: number | null, sex: "nam" | "nu" | null,
 *   commune: string | null, wish: string | null, phone: string | null }} Person what may be read now
 */

/** @param {{ model: DeskModel }} props */
export function PersonColumn({ model }) {
  const step = model.step.value;
  const ticket = model.ticket.value;
  return html`<section class="column person-column">
    <div class="scroll">
      <${Headline} model=${model} />
      <${HandOverNote} model=${model} />
      ${model.appointedAt.value !== null && html`<p class="hand-over-note" role="status"><${Icon} name="calendar" />
        <span>${t("appoint.made", { time: clock(model.appointedAt.value) })}</span></p>`}
      ${ticket && html`<${PersonCard} key=${ticket.ticket_id} model=${model} ticket=${ticket} />`}
      ${ticket && html`<${Earlier} key=${`earlier ${ticket.ticket_id}`} model=${model} ticket=${ticket} />`}
      ${ticket && html`<${Screening} key=${`answers ${ticket.ticket_id}`} model=${model} ticket=${ticket} />`}
      ${step === "outcome" && html`<${OutcomeKeys} draft=${model.draft.value}
        delegated=${model.boothCell.value?.mode === "delegated"}
        edit=${(/** @type {object} */ part) => model.edit(part)} />`}
      ${ticket && step === "next" && html`<${AfterStrip} model=${model} ticket=${ticket} />`}
      <${Vacancies} model=${model} folded=${step === "outcome"} />
    </div>
    <${ActionBar} model=${model} />
  </section>`;
}

/** @param {{ model: DeskModel }} props */
function Headline({ model }) {
  const step = model.step.value;
  const ticket = model.ticket.value;
  const calling = (step === "calling" || step === "beckoning") && ticket?.deadline;
  return html`<header class=${`headline ${step}`}>
    <div role="status">
      <h1>${headlineText(model)}</h1>
      <p>${more(model)}</p>
    </div>
    ${calling && html`<${Countdown} deadline=${ticket.deadline} total=${callLength(model)}
      now=${() => model.link.now()} label=${t("act.wait_calling")} />`}
  </header>`;
}

/**
 * How long a call lasts when no minute was asked for; ms.
 * @param {DeskModel} model
 */
function callLength({ plan, booth }) {
  const { accept_onsite_s, accept_online_s } = plan.settings;
  return 1000 * (booth.mode === "onsite" ? accept_onsite_s : accept_online_s);
}

/** @param {DeskModel} model */
function headlineText({ step, ticket }) {
  const name = step.value;
  const number = String(ticket.value?.number ?? "");
  if (name === "next" && ticket.value?.state === "handed_over") return t("step.next_handed_over", { number });
  return t(name === "next" && !number ? "step.next_plain" : `step.${name}`, { number });
}

/**
 * The sentence under the headline: what is, then what to do.
 * @param {DeskModel} model
 */
function more(model) {
  const step = model.step.value;
  const ticket = model.ticket.value;
  if (step === "ready") return idleSentence(model);
  const over = model.fairCell.value?.state === "closed";
  if (over && ["closed", "paused", "next"].includes(step)) return t("idle.closed");
  if (step === "interviewing" && model.booth.mode === "onsite") return t("step.talking_more");
  const time = ticket?.deadline ? clock(ticket.deadline) : "";
  return t(`step.${step}_more`, { time });
}

/** @param {DeskModel} model */
function idleSentence({ fairCell, deskCell, line, plan }) {
  const fair = fairCell.value?.state;
  const { idle_reason: reason, idle_booth_id: where, idle_since: since } = deskCell.value ?? {};
  const n = line.value.length;
  if (fair && fair !== "open") return t(`idle.${fair}`);
  if (n === 0) return t("idle.nobody");
  const booth = plan.booths.find((one) => one.booth_id === where)?.number;
  if (reason === "busy_elsewhere" && !booth) return t("idle.busy_somewhere", { n });
  return reason && reason !== "fair_not_open"
    ? t(`idle.${reason}`, { n, booth: booth ?? "", since: since ? clock(since) : "" }) : t("step.ready_more");
}

/** @param {{ model: DeskModel, ticket: TicketCell }} props */
function PersonCard({ model, ticket }) {
  const { person, fault } = usePerson(model, ticket);
  return html`<article class="card person" aria-label=${t("person.heading")}>
    <p class="person-number figures">${t("number.of", { number: String(ticket.number) })}</p>
    ${person && html`<${PersonFacts} person=${person} brief=${hasMet(ticket)} />`}
    ${model.booth.mode !== "onsite" && !hasMet(ticket) && ticket.way !== "video" && html`<${WayNote}
      ticket=${ticket} phone=${person?.phone ?? null} />`}
    ${!person && !fault && html`<p class="quiet-text">${t("person.reading")}</p>`}
    ${fault?.code === "profile_hidden" ? html`<p class="number-only"><${Icon} name="info" />${t("person.number_only")}</p>`
      : html`<${Trouble} error=${fault} />`}
    ${ticket.first_interview && !hasMet(ticket) && html`<p class="first">
      <${Icon} name="info" />${t("step.interviewing_first")}</p>`}
  </article>`;
}

/**
 * How this person talks, and the number to call while the call is theirs.
 * @param {{ ticket: TicketCell, phone: string | null }} props
 */
function WayNote({ ticket, phone }) {
  const icon = { video: "video", audio: "mic", phone: "phone", station: "map-pin" }[ticket.way];
  return html`<div class="way-note">
    <p><${Icon} name=${icon} />${t(`way.${ticket.way}`, { number: String(ticket.number) })}</p>
    ${phone && isAtDesk(ticket) && html`<p>${t("person.call")}
      <a class="call-number figures" href=${`tel:${phone}`}>${phoneText(phone)}</a></p>`}
  </div>`;
}

/** @param {{ person: Person, brief: boolean }} props ``brief`` leaves room for the outcome */
function PersonFacts({ person, brief }) {
  if (person.full_name === null) return html`<${Beforehand} wish=${person.wish} />`;
  return html`<h2 class="person-name">${person.full_name}</h2>
    <p class="quiet-text">${t(`person.${person.sex}`)} · ${t("person.born", { year: String(person.birth_year) })}</p>
    ${!brief && html`<dl class="facts">
      <dt>${t("person.commune")}</dt><dd>${person.commune}</dd>
      <dt>${t("person.wish")}</dt><dd>${person.wish || t("person.no_wish")}</dd>
    </dl>`}
    ${brief && person.phone && html`<p>${t("person.phone")}${" "}
      <a href=${`tel:${person.phone}`}>${phoneText(person.phone)}</a></p>`}`;
}

/**
 * Before the person is there, or of whom only the telephone may be known.
 * @param {{ wish: string | null }} props
 */
function Beforehand({ wish }) {
  return html`<p class="number-only"><${Icon} name="info" />${t(wish === null ? "person.number_only" : "person.not_yet")}</p>
    ${wish !== null && html`<dl class="facts"><dt>${t("person.wish")}</dt><dd>${wish || t("person.no_wish")}</dd></dl>`}`;
}

/**
 * Read who the person is, once a ticket has brought them to this booth.
 * @param {DeskModel} model
 * @param {TicketCell} ticket
 */
function usePerson(model, ticket) {
  const [read, setRead] = useState(/** @type {{ person: Person, profile: number, may: string } | null} */ (null));
  const [fault, setFault] = useState(/** @type {import("./model.js").Fault | null} */ (null));
  const live = model.link.status.value === "live";
  const { ticket_id: ticketId, profile } = ticket;
  // What may be seen of the person changes with the turn: the number for a call, and after it. What
  // was read before the person changed or hid it is not shown any more.
  const may = `${profile} ${hasMet(ticket) ? "after" : isAtDesk(ticket) ? ticket.way : "before"}`;
  const talks = useMinute(model, ticket);
  const person = read?.profile === profile ? read.person : null;
  useEffect(() => {
    if (!live || (read?.may === may && !fault)) return undefined;
    let wanted = true;
    const path = `/api/fairs/${model.plan.fair_id}/tickets/${ticketId}/person`;
    api("GET", path).then(
      (found) => wanted && (setRead({ person: found, profile, may }), setFault(null)),
      (error) => wanted && (setRead(null), setFault(error)),
    );
    return () => {
      wanted = false;
    };
  }, [ticketId, may, live, talks]);
  return { person, fault };
}

/** From so long a talk on a name is shown however many were read before; ms. */
const TALK = 60_000;

/**
 * Whether the two have talked for a minute, told when it is over: a name that had to wait is read then.
 * @param {DeskModel} model
 * @param {TicketCell} ticket
 */
function useMinute(model, { state, room }) {
  const [over, setOver] = useState(false);
  const since = state === "interviewing" ? room?.talking_since ?? null : null;
  const before = room?.talk_ms ?? 0;
  useEffect(() => {
    if (since === null || over) return undefined;
    const left = TALK - before - (model.link.now() - since);
    const timer = setTimeout(() => setOver(true), Math.max(0, left) + 1000);
    return () => clearTimeout(timer);
  }, [since, before, over]);
  return over;
}

/** @param {{ model: DeskModel, folded: boolean }} props */
function Vacancies({ model, folded }) {
  const { vacancies } = model.offer.value;
  return html`<details class="vacancies" open=${!folded}>
    <summary><h2>${t("vacancy.heading")}</h2> <span class="count figures">${vacancies.length}</span></summary>
    ${vacancies.length === 0 && html`<p class="quiet-text">${t("vacancy.none")}</p>`}
    ${vacancies.map((one) => html`<article class="vacancy" key=${one.vacancy_id}>
      <h3>${either(one.title)} <span class="openings">${t("vacancy.openings", { n: one.openings })}</span></h3>
      <p>${wageText(one)} · ${one.workplace.place}</p>
      <p class="quiet-text">${one.description}</p>
    </article>`)}
  </details>`;
}
