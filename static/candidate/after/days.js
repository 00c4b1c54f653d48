// Days in Việt Nam, wherever the phone thinks it is. Pure but for the words.
import { date, t } from "../../shared/i18n.js";

const ZONE = "Asia/Ho_Chi_Minh";
const iso = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

/** The day at a time, as 2026-11-25. @param {number} ms */
export const isoDay = (ms) => iso.format(ms);

/** "thứ Sáu 27/11/2026". @param {number} ms */
export function dayOf(ms) {
  const day = isoDay(ms);
  return `${t(`day.${new Date(`${day}T12:00Z`).getUTCDay()}`)} ${date(day)}`;
}

/** @param {number} ms @param {number} [now] */
export function isToday(ms, now = Date.now()) {
  return isoDay(ms) === isoDay(now);
}
