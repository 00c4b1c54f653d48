/**
 * The texts of a fair, read once over HTTP, and how they are said.
 */
import { lang, money, t } from "../shared/i18n.js";

/**
 * @typedef {{ vi: string, en: string }} Text
 * @typedef {{ desk_id: string, label: string }} PlanDesk
 * @typedef {{ vacancy_id: string, title: Text, openings: number, description: string,
 *   workplace: { place: string }, wage_unit: string, wage_min: number | null,
 *   wage_max: number | null, other_requirements?: string, shift_required?: boolean,
 *   work_conditions: Record<string, string | null> }} PlanVacancy
 * @typedef {{ booth_id: string, number: string, kind: string, mode: "onsite"|"online"|"delegated",
 *   minutes: number, employer: { name: string, english_name?: string }, desks: PlanDesk[],
 *   vacancies: PlanVacancy[], questions: import("../questions/fields.js").Question[] }} PlanBooth
 * @typedef {{ fair_id: string, name: Text, date: string, starts: string, ends: string,
 *   place: string, booths: PlanBooth[],
 *   settings: { accept_online_s: number, accept_onsite_s: number, extend_s: number } }} Plan
 */

/** @param {PlanBooth} booth */
export function employerName({ employer }) {
  return (lang.value === "en" && employer.english_name) || employer.name;
}

/**
 * A desk as people are told it: the label carries the Vietnamese word already.
 * @param {PlanDesk | undefined} desk
 */
export function deskName(desk) {
  if (!desk) return "";
  return t("desk.name", { label: desk.label.replace(/^bàn\s+/i, "") });
}

/**
 * A wage in words: from–to for its unit, or how else it is settled.
 * @param {PlanVacancy} vacancy
 */
export function wageText({ wage_unit, wage_min, wage_max }) {
  if (wage_unit === "negotiable" || wage_unit === "commission") return t(`wage.${wage_unit}`);
  const low = wage_min ?? wage_max;
  const high = wage_max ?? wage_min;
  if (low === null || high === null) return t("wage.negotiable");
  const range = low === high ? money(low) : `${low.toLocaleString("vi-VN")}–${money(high)}`;
  return t(`wage.${wage_unit}`, { range });
}

/**
 * A Vietnamese number as it is dialled: 0912 345 678.
 * @param {string} phone E.164, or anything else, which stays as it is
 */
export function phoneText(phone) {
  const local = /^\+84(\d{3})(\d{3})(\d{3})$/.exec(phone);
  return local ? `0${local[1]} ${local[2]} ${local[3]}` : phone;
}
