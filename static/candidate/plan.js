// Reading the fair's plan: names of booths and desks, jobs and wages in words.
import { date, either, fold, money, t } from "../shared/i18n.js";
import { facts, fair } from "./state.js";

/**
 * @typedef {{ vi: string, en: string }} Text
 * @typedef {{ vacancy_id: string, title: Text, openings: number, wage_unit: string,
 *   wage_min: number | null, wage_max: number | null, workplace: { place: string, province_code: string },
 *   overseas: { market: Text, wage_amount: number, wage_currency: string } | null }} Vacancy
 * @typedef {{ booth_id: string, number: string, kind: string, mode: "onsite" | "online" | "delegated",
 *   minutes: number, site_id: string, employer: { name: string, english_name?: string },
 *   desks: { desk_id: string, label: string }[], vacancies: Vacancy[] }} Booth
 * @typedef {{ fair_id: string, name: Text, date: string, starts: string, ends: string,
 *   place: string }} Facts
 * @typedef {Facts & { sites: { site_id: string, name: Text, place: string }[], booths: Booth[],
 *   settings: { missed_back: number, extend_s: number } }} Plan
 */

/** @param {string} boothId */
export function booth(boothId) {
  return fair.value?.booths.find((one) => one.booth_id === boothId);
}

/** @param {string} boothId */
export function boothNumber(boothId) {
  return booth(boothId)?.number ?? boothId;
}

/** @param {string} boothId */
export function employerName(boothId) {
  return either({ vi: booth(boothId)?.employer.name, en: booth(boothId)?.employer.english_name || "" });
}

/**
 * "gian 7" or "gian 7, bàn 2".
 * @param {string} boothId
 * @param {string | null} [deskId]
 */
export function place(boothId, deskId) {
  const label = booth(boothId)?.desks.find((desk) => desk.desk_id === deskId)?.label;
  const number = boothNumber(boothId);
  if (!label) return t("place.booth", { number });
  const numbered = /^Bàn (\S+)$/i.exec(label);
  return t("place.desk", { number, desk: numbered ? t("place.table", { number: numbered[1] }) : label });
}

/**
 * A sentence's beginning.
 * @param {string} text
 */
export function capital(text) {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** When: 25/11/2026 · 07:30–11:30. */
export function occasion() {
  const plan = facts.value;
  return plan ? `${date(plan.date)} · ${plan.starts}–${plan.ends}` : "";
}

/** @param {Vacancy} vacancy */
export function wage({ wage_unit, wage_min, wage_max, overseas }) {
  if (overseas) {
    return t("wage.month", { amount: `${overseas.wage_amount.toLocaleString("vi-VN")} ${overseas.wage_currency}` });
  }
  const low = wage_min ?? wage_max;
  if (low === null || wage_unit === "negotiable") {
    return t(wage_unit === "commission" ? "wage.commission_only" : "wage.negotiable");
  }
  const amount = wage_max && wage_max !== low
    ? `${low.toLocaleString("vi-VN")}–${money(wage_max)}` : money(low);
  return t(`wage.${wage_unit}`, { amount });
}

/**
 * Booths in which every word of the search occurs, marks or not.
 * @param {string} search
 */
export function findBooths(search) {
  const words = fold(search).split(/\s+/).filter(Boolean);
  return (fair.value?.booths || []).filter((one) => {
    const text = searchText(one);
    return words.every((word) => text.includes(word));
  });
}

const searchTexts = /** @type {WeakMap<Booth, string>} */ (new WeakMap());

/** @param {Booth} one */
function searchText(one) {
  let text = searchTexts.get(one);
  if (text === undefined) {
    const jobs = one.vacancies.flatMap(({ title, workplace, overseas }) =>
      [title.vi, title.en, workplace.place, overseas?.market.vi || ""]);
    text = fold([`gian ${one.number}`, one.employer.name, one.employer.english_name || "", ...jobs].join(" "));
    searchTexts.set(one, text);
  }
  return text;
}
