// Parts that a phone loads only when somebody needs them: finding, offers, "why", other ways; what
// comes after an interview, one's own data, and notices of the turn.
import { html, useEffect } from "../vendor/ui.js";
import { bundle, later } from "../shared/later.js";
import { lookAhead, mediaTrouble } from "./own_media.js";
import { busy, fairCell, me, onDeck, standing, tickets } from "./state.js";

const guidance = bundle(() => import("../guidance/parts.js"), "/static/guidance/words",
  ["/static/shared/dialog.css", "/static/guidance/guidance.css", "/static/guidance/why.css"]);
const after = bundle(() => import("./after/parts.js"), "/static/candidate/after/words",
  ["/static/candidate/after/after.css"]);
const questions = bundle(() => import("../questions/parts.js"), "/static/questions/words",
  ["/static/shared/dialog.css", "/static/questions/questions.css"]);
const push = bundle(() => import("../push/parts.js"), "/static/push/words", ["/static/push/push.css"]);
const ways = bundle(() => import("../ways/parts.js"), "/static/ways/words", ["/static/ways/ways.css"]);

export function Find() {
  return later(guidance, "FindPage") ?? html`<main class="page"></main>`;
}

export function DeviceCheck() {
  return later(ways, "DeviceCheck") ?? html`<main class="page"></main>`;
}

/** @param {{ ticket: import("./state.js").Ticket, close: () => void }} props */
export function Why(props) {
  return later(guidance, "WhyDialog", props);
}

/** An idle booth for somebody who waits, while there is room for one more line. */
export function Offer() {
  const limit = fairCell.value?.join_limit ?? 3;
  const waits = standing.value.length > 0 && standing.value.length < limit;
  const isFree = !busy.value && !onDeck.value && fairCell.value?.state === "open";
  return waits && isFree ? html`<${IdleOffer} />` : null;
}

function IdleOffer() {
  return later(guidance, "IdleOffer");
}

export function MyData() {
  return later(after, "MyDataPage") ?? html`<main class="page"></main>`;
}

/** Result, second interview and rating of a turn that is over. @param {{ ticket: import("./state.js").Ticket }} props */
export function After(props) {
  return later(after, "AfterTurn", props);
}

/** What is agreed for today. */
export function Today() {
  return tickets.value.some(({ second_interview: second }) => second) ? html`<${TodayBand} />` : null;
}

function TodayBand() {
  return later(after, "TodayBand");
}

/** Ways to the interview where there is no picture. @param {{ wanted: boolean }} props */
export function NoCamera({ wanted }) {
  useEffect(() => {
    if (wanted) void lookAhead();
  }, [wanted]);
  const other = mediaTrouble.value || (me.value?.way ?? "video") !== "video";
  return wanted && other ? html`<${WaysCard} />` : null;
}

function WaysCard() {
  return later(ways, "WaysCard");
}

/** The choice by itself, where the page has asked for it. @param {{ done?: () => void }} props */
export function Ways(props) {
  return later(ways, "Ways", props);
}

/** The number for a call that the recruiter began by telephone. */
export function AskNumber() {
  return later(ways, "AskNumber");
}

/** What the booth of a line asks beforehand, if anything. @param {{ ticket: import("./state.js").Ticket }} props */
export function Questions({ ticket }) {
  return ticket.questions ? html`<${QuestionsCard} ticket=${ticket} />` : null;
}

/** @param {object} props */
function QuestionsCard(props) {
  return later(questions, "QuestionsCard", props);
}

/** @param {{ ticketId: string, boothId: string, close: () => void }} props */
export function AnswersDialog(props) {
  return later(questions, "AnswersDialog", props);
}

/** Being told of the turn by the browser, for somebody who waits. @param {{ wanted: boolean }} props */
export function Notice({ wanted }) {
  return wanted ? html`<${TurnNotice} />` : null;
}

function TurnNotice() {
  return later(push, "TurnNotice");
}
