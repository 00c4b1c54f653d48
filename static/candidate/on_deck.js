// On deck: the turn is near, "I'm ready", and then straight into the interview without a call.
import { effect, html, useEffect, useState } from "../vendor/ui.js";
import { Icon, Trouble, useTick } from "../shared/components.js";
import { stopwatch, t } from "../shared/i18n.js";
import { OwnPicture } from "../shared/picture.js";
import { chime, flashTitle, keepAwake, ring } from "../shared/sound.js";
import { NotNowButton } from "./not_now.js";
import { askForMedia, dropMedia, ownMedia } from "./own_media.js";
import { capital, employerName, place } from "./plan.js";
import { me, onDeck, send, serverNow, tickets } from "./state.js";
import { backIn } from "./turn.js";

/** @typedef {import("./state.js").Ticket} Ticket */

/** How long a person who was seated without a call is rung for, when the way is on foot; ms. */
const RING_MS = 6_000;

/** A range of so many minutes is said as one number. */
const NARROW_MIN = 2;

/** Over every screen of the page while a turn is near. */
export function DeckBand() {
  const ticket = onDeck.value;
  useEffect(() => (ticket ? headsUp() : undefined), [ticket?.ticket_id]);
  if (!ticket) return null;
  return html`<section class=${`deck ${ticket.ready ? "is-ready" : ""}`} aria-label=${t("deck.label")}>
    ${ticket.ready ? html`<${Ready} ticket=${ticket} />` : html`<${Asked} ticket=${ticket} />`}
  </section>`;
}

/** A soft sign that the turn is near, and a screen that stays on. */
function headsUp() {
  chime(0.3);
  navigator.vibrate?.([200, 100, 200]);
  const stops = [flashTitle(t("deck.soon")), keepAwake()];
  return () => stops.forEach((stop) => stop());
}

/** @param {{ ticket: Ticket }} props */
function Asked({ ticket }) {
  const [error, setError] = useState(null);
  const [asked, setAsked] = useState(false);
  const { ticket_id, mode, since } = ticket;
  const ready = () => {
    setAsked(true);
    setError(null);
    backIn(ticket_id);
    // Asked for in this very tap: later the interview opens without another one.
    if (mode !== "onsite" && me.value?.way !== "phone") void askForMedia();
    send("ready", { ticket_id, since }).catch((refusal) => {
      setError(refusal);
      setAsked(false);
      if (mode !== "onsite") dropMedia();
    });
  };
  const where = place(ticket.booth_id);
  return html`<div class="deck-words" role="alert">
      <${Icon} name="bell" />
      <p><b>${soonWords(ticket)}</b>
        <span>${mode === "onsite" ? t("deck.come", { place: where })
          : `${capital(where)} · ${employerName(ticket.booth_id)}`}</span></p>
    </div>
    <${TimeLeft} ticket=${ticket} />
    <div class="deck-acts">
      <button class="button primary" type="button" disabled=${asked} onClick=${ready}>${t("deck.ready")}</button>
      <${NotNowButton} ticket=${ticket} />
    </div>
    <${Trouble} error=${error} />`;
}

/** @param {Ticket} ticket */
function soonWords({ wait }) {
  const { low_min: low, high_min: high } = wait;
  if (low === null || high === null || high < 1) return t("deck.soon");
  if (high <= 1) return t("deck.soon_now");
  // One number only where it is hardly a guess.
  const range = high - low <= NARROW_MIN ? String(Math.max(1, Math.round((low + high) / 2))) : `${low}–${high}`;
  return t("deck.soon_in", { range });
}

/** The time to answer, as a bar and as a number. @param {{ ticket: Ticket }} props */
function TimeLeft({ ticket }) {
  useTick(500);
  if (ticket.deadline === null) return null;
  const left = Math.max(0, ticket.deadline - serverNow());
  const total = Math.max(1, ticket.deadline - ticket.since);
  return html`<p class="deck-left small-text" role="timer">
    <progress max="100" value=${Math.round((100 * left) / total)} aria-hidden="true"></progress>
    <span class="figures">${t("deck.left", { time: stopwatch(left) })}</span></p>`;
}

/** @param {{ ticket: Ticket }} props */
function Ready({ ticket }) {
  const onsite = ticket.mode === "onsite";
  const stream = ownMedia.value?.video ? ownMedia.value.stream : null;
  return html`<div class="deck-words" role="status">
      <${Icon} name="circle-check" />
      <p><b>${t("deck.is_ready")}</b>
        <span>${t(onsite ? "deck.sit" : me.value?.way === "phone" ? "deck.hold_phone" : "deck.hold", { place: place(ticket.booth_id) })}</span></p>
      ${!onsite && stream && html`<${OwnPicture} stream=${stream} label=${t("interview.self")} />`}
    </div>
    <div class="deck-acts"><${NotNowButton} ticket=${ticket} /></div>`;
}

/** @param {Ticket} ticket */
const holdsCamera = ({ state, ready }) =>
  (state === "on_deck" && ready) || state === "called" || state === "connecting" || state === "interviewing";

/** Whether the camera stays on between "I'm ready" and the interview. */
export function keepsCamera() {
  return tickets.value.some(holdsCamera);
}

let held = false;
effect(() => {
  // Back in the line: nobody is about to see this picture any more.
  const holds = keepsCamera();
  if (held && !holds) dropMedia();
  held = holds;
});

let states = /** @type {Map<string, string>} */ (new Map());
effect(() => {
  for (const ticket of tickets.value) {
    const before = states.get(ticket.ticket_id);
    if (before === "on_deck" && ticket.state === "connecting") seated(ticket);
  }
  states = new Map(tickets.value.map(({ ticket_id, state }) => [ticket_id, state]));
});

/** The turn has come without a call: on the screen by itself, on foot with the bell. @param {Ticket} ticket */
function seated({ mode }) {
  if (mode === "onsite") {
    setTimeout(ring(), RING_MS);
  } else {
    chime();
    navigator.vibrate?.(300);
  }
}
