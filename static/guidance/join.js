// One tap into the line; a refusal is said where it was asked.
import { html, useState } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { boothNumber } from "../candidate/plan.js";
import { screen, send } from "../candidate/state.js";

/** @param {{ boothId: string, primary?: boolean }} props */
export function JoinButton({ boothId, primary = false }) {
  const [error, setError] = useState(/** @type {any} */ (null));
  const [asked, setAsked] = useState(false);
  const join = async () => {
    setAsked(true);
    setError(null);
    try {
      await send("join", { booth_id: boothId });
      screen.value = "home";
    } catch (refusal) {
      setError(refusal);
      setAsked(false);
    }
  };
  return html`<button class=${primary ? "button primary" : "button small"} type="button" disabled=${asked} onClick=${join}>
      ${t("find.join")}<span class="visually-hidden"> ${t("find.booth", { booth: boothNumber(boothId) })}</span></button>
    <${Trouble} error=${error} />`;
}
