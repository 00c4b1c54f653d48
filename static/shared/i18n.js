// The words: flat catalogues of sentences, one language loaded at a time, Vietnamese first.
import { signal } from "../vendor/ui.js";
import { keep, recall } from "./keep.js";

/** @typedef {"vi" | "en"} Language */
/** @typedef {Record<string, string | number>} Params */

const LOCALES = { vi: "vi-VN", en: "en-GB" };
const ZONE = "Asia/Ho_Chi_Minh";

/** The language on the screen. Change it with `setLang`. */
export const lang = signal(/** @type {Language} */ (recall("local", "fs_lang") === "en" ? "en" : "vi"));

const words = signal(/** @type {Record<string, string>} */ ({}));
/** Folders of the catalogues in use: each holds vi.json and en.json. */
const folders = /** @type {Set<string>} */ (new Set());

/**
 * Load catalogues in the present language and wait for them.
 * @param {string[]} urls folders such as `/static/shared/words`, each with a file per language
 */
export async function loadWords(urls) {
  urls.forEach((url) => folders.add(url));
  await fetchWords(lang.value);
}

/**
 * Change the language of the whole page; keeps the choice for the next visit.
 * @param {Language} language
 */
export async function setLang(language) {
  keep("local", "fs_lang", language);
  await fetchWords(language);
}

/** @param {Language} language */
async function fetchWords(language) {
  const parts = await Promise.all(
    Array.from(folders, async (url) => (await fetch(`${url}/${language}.json`)).json()),
  );
  words.value = Object.assign({}, ...parts);
  lang.value = language;
  document.documentElement.lang = language;
}

/**
 * The sentence of a key, with `{name}` filled in.
 * `{n|person|people}` chooses by the number n in English; Vietnamese needs no such choice.
 * @param {string} key
 * @param {Params} [params]
 */
export function t(key, params = {}) {
  return fill(words.value[key] ?? key, params, lang.value);
}

/**
 * @param {string} key
 * @returns {boolean} whether the catalogue has this key
 */
export function has(key) {
  return key in words.value;
}

/**
 * Fill the placeholders of one sentence.
 * @param {string} sentence
 * @param {Params} params
 * @param {Language} language
 */
export function fill(sentence, params, language) {
  return sentence.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    const value = params[name];
    if (value === undefined) return whole;
    if (one !== undefined) return Number(value) === 1 ? one : many;
    return typeof value === "number" ? value.toLocaleString(LOCALES[language]) : value;
  });
}

/**
 * A text that a fair gives in both languages, in the present one.
 * @param {string | { vi?: string, en?: string } | null | undefined} text
 */
export function either(text) {
  if (!text || typeof text === "string") return text || "";
  return text[lang.value] || text.vi || text.en || "";
}

/**
 * A time of day at the fair: 09:42.
 * @param {number} ms milliseconds since 1970
 */
export function clock(ms) {
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", timeZone: ZONE,
  }).format(ms);
}

/**
 * A running time: 7:05.
 * @param {number} ms
 */
export function stopwatch(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/**
 * A number of minutes with its unit.
 * @param {number} n
 */
export function minutes(n) {
  return t("unit.minutes", { n: Math.round(n) });
}

/**
 * Money in đồng: 8.500.000 đ.
 * @param {number} n
 */
export function money(n) {
  return `${n.toLocaleString("vi-VN")} đ`;
}

/**
 * A day: 25/11/2026.
 * @param {string} iso a date such as 2026-11-25
 */
export function date(iso) {
  const [year, month, day] = iso.slice(0, 10).split("-");
  return `${day}/${month}/${year}`;
}

/**
 * Fold a text for searching: no marks, đ as d, lower case.
 * @param {string} text
 */
export function fold(text) {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
}
