// Reading aloud: what the page knows as a scene, and what has changed in it.
import { computed, effect, signal } from "../vendor/ui.js";
import { keep, recall } from "../shared/keep.js";
import { boothNumber, booth } from "../candidate/plan.js";
import { fairCell, link, me, tickets, who } from "../candidate/state.js";
import { sayAll, sayChange } from "./sentences.js";
import { hush, speak, unlockVoice } from "./voice.js";

/**
 * @typedef {import("./sentences.js").Scene} Scene
 * @typedef {import("../candidate/state.js").Ticket} Ticket
 */

const KEY = "fs_read";

/** Whether changes are read aloud. */
export const isOn = signal(recall("local", KEY) === "1");

const digits = (/** @type {string} */ text) => Number(/\d+/.exec(text)?.[0] ?? 0);

/** @param {Ticket} ticket */
function turnOf(ticket) {
  const { ticket_id: ticketId, state, ahead, wait, misses } = ticket;
  const label = booth(ticket.booth_id)?.desks.find(({ desk_id: id }) => id === ticket.desk_id)?.label;
  const isRange = wait.reason === "range";
  return {
    ticketId, state, ahead, misses,
    booth: digits(boothNumber(ticket.booth_id)),
    desk: label && /\d/.test(label) ? digits(label) : null,
    low: isRange ? wait.low_min : null,
    high: isRange ? wait.high_min : null,
  };
}

const scene = computed(/** @returns {Scene} */ () => ({
  number: me.value?.number ?? who.value?.number ?? 0,
  isPaused: fairCell.value?.state === "paused",
  isOffline: link.value?.status.value === "offline",
  turns: tickets.value.map(turnOf),
}));

/** Read everything that holds now; call it in the handler of a tap. */
export function readNow() {
  unlockVoice();
  speak(sayAll(scene.value)).catch(() => {});
}

/** Call it in the handler of a tap. @param {boolean} on */
export function setAloud(on) {
  isOn.value = on;
  keep("local", KEY, on ? "1" : null);
  if (on) readNow();
  else hush();
}

let before = /** @type {Scene | null} */ (null);
effect(() => {
  const now = scene.value;
  // The first picture of the fair is no news.
  const news = before && me.value ? sayChange(before, now) : [];
  before = me.value ? now : null;
  if (isOn.value && news.length) speak(news).catch(() => {});
});

// Every tap is a chance to be allowed to speak later.
document.addEventListener("pointerdown", () => isOn.value && unlockVoice());
