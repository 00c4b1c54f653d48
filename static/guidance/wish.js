// What a person looks for: asked in the words of the forms, kept on this phone, all optional.
import { api, fairId } from "../shared/api.js";
import { keep, recall } from "../shared/keep.js";

/**
 * What the server takes (fairserver/domain/fit.py); without `words` it looks for what the person
 * registered with.
 * @typedef {{ words?: string, province_codes?: string[], min_wage?: number, shift_ok?: boolean,
 *   abroad?: boolean, conditions?: Record<string, string> }} Wish
 * @typedef {{ booth_id: string, vacancy_id: string, fit: number, is_good: boolean,
 *   reasons: string[], wait: import("../candidate/state.js").Wait, free_now: boolean }} Suggestion
 */

/** Conditions of work and their answers, as forms 01a and 03a ask both sides. */
export const CONDITIONS = /** @type {const} */ ({
  place: ["indoor", "outdoor", "mixed"],
  lifting: ["under_5kg", "5_20kg", "over_20kg"],
  standing: ["hardly", "medium", "much"],
  speech: ["not_needed", "basic", "important"],
  sight: ["normal", "small_objects"],
  hand_work: ["large", "small", "tiny"],
  hands: ["both", "sometimes_both", "one", "left", "right"],
});

/** Monthly wages to choose from; million đồng. */
export const WAGES = [6, 8, 10, 12, 15, 20, 30];

const MILLION = 1_000_000;

/**
 * Read the form; what was left open is not there.
 * @param {FormData} said
 * @returns {Wish}
 */
export function wishOf(said) {
  const text = (/** @type {string} */ name) => String(said.get(name) ?? "").trim();
  const conditions = Object.fromEntries(Object.keys(CONDITIONS)
    .map((name) => [name, text(name)]).filter(([, answer]) => answer));
  /** @type {Wish} */
  const wish = { words: text("words").normalize("NFC").slice(0, 200) };
  if (text("province")) wish.province_codes = [text("province")];
  if (text("min_wage")) wish.min_wage = Number(text("min_wage")) * MILLION;
  if (text("shift")) wish.shift_ok = text("shift") === "yes";
  if (text("abroad")) wish.abroad = text("abroad") === "yes";
  if (Object.keys(conditions).length > 0) wish.conditions = conditions;
  return wish;
}

/**
 * How many things besides the words are asked for.
 * @param {Wish} wish
 */
export function askedBesides({ words: _, conditions = {}, ...others }) {
  return Object.keys(others).length + Object.keys(conditions).length;
}

const wishKey = () => `fs_wish_${fairId()}`;

/** @returns {Wish} the last search in this tab, or nothing in particular */
export function keptWish() {
  try {
    return JSON.parse(recall("session", wishKey()) || "{}");
  } catch {
    return {};
  }
}

/** @param {Wish} wish */
export function keepWish(wish) {
  keep("session", wishKey(), JSON.stringify(wish));
}

/**
 * @param {Wish} wish
 * @returns {Promise<{ words: string, found: Suggestion[] }>}
 */
export function suggestions(wish) {
  return api("POST", `/api/fairs/${fairId()}/suggestions`, wish);
}
