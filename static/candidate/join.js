// Joining a booth: one tap, and one question beside it, whether the booth may read who one is. The
// question has no answer beforehand, and either answer joins.
import { html, useState } from "../vendor/ui.js";
import { Trouble, useQuestion } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { capital, employerName, place } from "./plan.js";
import { screen, send } from "./state.js";

/**
 * @param {{ boothId: string, small?: boolean, disabled?: boolean,
 *   refused?: (code: string) => any }} props ``refused`` is shown under a refusal
 */
export function JoinButton({ boothId, small = false, disabled = false, refused = () => null }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const { stay, opener } = useQuestion(asking);
  const join = async (/** @type {boolean} */ show) => {
    setBusy(true);
    setError(null);
    try {
      await send("join", { booth_id: boothId, show_profile: show });
      screen.value = "home";
    } catch (refusal) {
      setError(refusal);
      setBusy(false);
      setAsking(false);
    }
  };
  if (asking) return html`<${ShowQuestion} boothId=${boothId} answer=${join} busy=${busy}
    stay=${stay} back=${() => setAsking(false)} />`;
  return html`<button class=${small ? "button small" : "button primary"} type="button" disabled=${disabled}
      ref=${opener} onClick=${() => setAsking(true)}>
      ${t("booths.join")}<span class="visually-hidden"> ${place(boothId)}</span></button>
    <${Trouble} error=${error} />
    ${error && refused(error.code)}`;
}

/**
 * "May booth 07 see …?", with both answers alike.
 * @param {{ boothId: string, answer: (show: boolean) => void, busy: boolean, back: () => void,
 *   stay: { current: HTMLElement | null } }} props
 */
function ShowQuestion({ boothId, answer, busy, back, stay }) {
  return html`<div class="confirm show-question" role="group" aria-label=${t("shown.question")}>
    <p>${t("shown.ask", { place: place(boothId), employer: employerName(boothId) })}
      <span class="small-text quiet-text">${t("shown.either")}</span></p>
    <div class="actions">
      <button class="button" type="button" disabled=${busy} onClick=${() => answer(true)}>${t("shown.yes")}</button>
      <button class="button" type="button" disabled=${busy} onClick=${() => answer(false)}>${t("shown.no")}</button>
      <button class="button quiet" type="button" ref=${stay} onClick=${back}>${t("shown.back")}
        <span class="visually-hidden"> ${capital(place(boothId))}</span></button>
    </div>
  </div>`;
}
