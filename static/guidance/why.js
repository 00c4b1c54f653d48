// Why a ticket still waits, as a list in words: for its owner and for the control room.
import { html } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { clock, t } from "../shared/i18n.js";

/**
 * @typedef {{ now: string, busy_booth_id: string | null, busy_since: number | null }} Held
 * @typedef {Held & { ticket_id: string, booth_id: string, number: number, state: string,
 *   issued_at: number, ahead: number, on_deck: number,
 *   overtaken: Record<string, number> }} Why the server's answer (fairserver/web/guidance.py)
 */

/**
 * What holds a ticket now, as one sentence.
 * @param {Held & { state: string, ahead?: number }} held
 * @param {(boothId: string) => string} boothNumber
 */
export function heldWords({ now, state, ahead = 0, busy_booth_id: where, busy_since: since }, boothNumber) {
  if (!now) return t(`why.state_${["on_deck", "called", "connecting", "interviewing"].includes(state) ? state : "over"}`);
  return t(`why.now_${now}`, {
    n: ahead, booth: where ? boothNumber(where) : "", time: since ? clock(since) : "",
  });
}

/**
 * @param {{ why: Why, boothNumber: (boothId: string) => string }} props
 */
export function WhyList({ why, boothNumber }) {
  const reasons = Object.entries(why.overtaken).sort(([, a], [, b]) => b - a);
  return html`<div class="why">
    <p class="why-now"><${Icon} name="info" /><b>${heldWords(why, boothNumber)}</b></p>
    <ul class="why-facts">
      <li>${t("why.since", { time: clock(why.issued_at) })}</li>
      ${why.now && why.now !== "people_ahead" && html`<li>${t("why.ahead", { n: why.ahead })}</li>`}
      ${why.now && why.on_deck > 0 && html`<li>${t("why.on_deck", { n: why.on_deck })}</li>`}
    </ul>
    <h3>${t("why.before")}</h3>
    ${reasons.length === 0 ? html`<p class="quiet-text">${t("why.nobody_before")}</p>`
      : html`<ul class="why-before">${reasons.map(([reason, times]) => html`<li key=${reason}>
          <b class="figures">${t("why.times", { n: times })}</b> <span>${t(`why.before_${reason}`)}</span></li>`)}</ul>`}
  </div>`;
}
