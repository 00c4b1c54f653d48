// How long, in honest words: a range or the reason why none can be said.
import { t } from "../shared/i18n.js";
import { keep, recall } from "../shared/keep.js";
import { me, tickets } from "./state.js";

/** @typedef {import("./state.js").Ticket} Ticket */

/**
 * @param {import("./state.js").Wait} wait
 * @returns {{ time: string, honest: string }} one of the two is empty
 */
export function rangeWords({ reason, low_min: low, high_min: high, chance_pct }) {
  if (reason !== "range" || low === null || high === null) {
    const told = reason === "later" && chance_pct ? t("wait.later_chance", { pct: chance_pct }) : t(`wait.${reason}`);
    return { time: "", honest: told };
  }
  if (high <= 1) return { time: t("wait.now"), honest: "" };
  const range = low === high ? String(low) : `${low}–${high}`;
  return { time: t("wait.range", { range }), honest: "" };
}

/**
 * @param {Ticket} ticket
 * @param {(boothId: string) => string} boothNumber
 */
export function waitWords(ticket, boothNumber) {
  const busyId = me.value?.busy_ticket_id;
  const elsewhere = busyId && busyId !== ticket.ticket_id
    ? tickets.value.find((other) => other.ticket_id === busyId) : undefined;
  const frozen = elsewhere
    ? t(elsewhere.state === "on_deck" ? "wait.frozen_on_deck" : "wait.frozen", { at: boothNumber(elsewhere.booth_id), here: boothNumber(ticket.booth_id) }) : "";
  return { frozen, ...rangeWords(ticket.wait) };
}

/** @param {Ticket} ticket */
export function aheadWords({ ahead, ahead_exact }) {
  if (ahead === 0) return t("ahead.none");
  return t(ahead_exact ? "ahead.exact" : "ahead.about", { n: ahead });
}

/**
 * How far the line has moved since the person joined it, 0 to 100.
 * @param {Ticket} ticket
 */
export function progress({ ticket_id, ahead }) {
  const key = `fs_ahead_${ticket_id}`;
  const most = Math.max(ahead + 1, Number(recall("session", key)) || 0);
  keep("session", key, String(most));
  return Math.round(100 * (1 - ahead / most));
}

/** @param {Ticket} ticket */
export function isNear({ state, ahead, wait }) {
  return state === "waiting" && ahead === 0 && wait.reason === "range";
}

/**
 * The step that is worth saying aloud.
 * @param {number} ahead
 * @returns {number | null}
 */
export function milestone(ahead) {
  return [1, 3, 5, 10].find((step) => ahead <= step) ?? null;
}
