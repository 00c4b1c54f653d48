// A quiet offer to people who wait: a booth that fits has a desk free right now.
import { html, useEffect, useState } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { either, t } from "../shared/i18n.js";
import { booth, boothNumber, employerName, wage } from "../candidate/plan.js";
import { idleBooths, useHall } from "./idle.js";
import { JoinButton } from "../candidate/join.js";
import { keptWish, suggestions } from "./wish.js";

/** @typedef {import("./wish.js").Suggestion} Suggestion */

/** Everybody who waits hears of a free desk at once: they ask within this time, not together; ms. */
const SPREAD_MS = 2_000;

/** Booths that the person does not want to hear of again. */
const declined = new Set();

export function IdleOffer() {
  useHall();
  const idle = idleBooths();
  const [offer, setOffer] = useState(/** @type {Suggestion | null} */ (null));
  useEffect(() => {
    if (!idle) return setOffer(null);
    let wanted = true;
    const ask = async () => {
      const { found } = await suggestions(keptWish()).catch(() => ({ found: [] }));
      if (wanted) setOffer(found.find(isWorthSaying) ?? null);
    };
    const timer = setTimeout(ask, Math.random() * SPREAD_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [idle]);
  if (!offer || !idle.split(" ").includes(offer.booth_id)) return null;
  const decline = () => {
    declined.add(offer.booth_id);
    setOffer(null);
  };
  return html`<section class="offer" role="status">
    <p><${Icon} name="info" /><span>${t("offer.idle", { booth: boothNumber(offer.booth_id) })} <b>${jobWords(offer)}</b>${" "}
      <span class="quiet-text">${employerName(offer.booth_id)}</span></span></p>
    <div class="offer-acts">
      <${JoinButton} boothId=${offer.booth_id} small />
      <button class="button quiet small" type="button" onClick=${decline}>${t("offer.no")}</button>
    </div>
  </section>`;
}

/** @param {Suggestion} suggestion */
function isWorthSaying({ booth_id, free_now, is_good }) {
  return free_now && is_good && !declined.has(booth_id);
}

/** @param {Suggestion} suggestion */
function jobWords({ booth_id, vacancy_id }) {
  const job = booth(booth_id)?.vacancies.find((one) => one.vacancy_id === vacancy_id);
  return job ? `${either(job.title)}, ${wage(job)}.` : "";
}
