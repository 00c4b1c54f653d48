// The reminder of the day: what was agreed for today stands at the top of the page.
import { html } from "../../vendor/ui.js";
import { Icon, useTick } from "../../shared/components.js";
import { clock, t } from "../../shared/i18n.js";
import { employerName } from "../plan.js";
import { tickets } from "../state.js";
import { isToday } from "./days.js";

/** How long the reminder stays after the beginning; ms. */
const STAYS_MS = 3_600_000;

export function TodayBand() {
  const now = useTick(60_000);
  const due = tickets.value.filter(({ second_interview: second }) =>
    second?.state === "accepted" && isToday(second.starts_at, now) && now < second.starts_at + STAYS_MS);
  return html`${due.map(({ ticket_id: id, booth_id: boothId, second_interview: second }) => html`
    <p class="near today" role="status" key=${id}><${Icon} name="bell" />
      <span><b>${t("today.title", { time: clock(second?.starts_at ?? 0) })}</b>
        ${t("today.what", { employer: employerName(boothId) })}</span></p>`)}`;
}
