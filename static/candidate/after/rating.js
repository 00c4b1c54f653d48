// The rating of advice (form 01, part II): đạt or không đạt, and a remark; two taps.
import { html, useState } from "../../vendor/ui.js";
import { Icon, Trouble } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";
import { send } from "../state.js";
import { isToday } from "./days.js";

/**
 * @param {{ ticket: import("../state.js").Ticket, read: () => Promise<void>,
 *   rating: import("./turn.js").After["rating"] }} props
 */
export function Rating({ ticket, rating, read }) {
  const [editing, setEditing] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const rate = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    setError(null);
    try {
      if (!said.has("passed")) throw { code: "field_wrong", message: t("rating.choose") };
      await send("rate_advice", { ticket_id: ticket.ticket_id, passed: said.get("passed") === "yes",
        remark: String(said.get("remark") || "").trim() });
      await read();
      setEditing(false);
    } catch (refusal) {
      setError(refusal);
    }
  };
  if (rating && !editing) return html`<${Rated} rating=${rating} change=${() => setEditing(true)} />`;
  const name = `rating-${ticket.ticket_id}`;
  return html`<form class="rating" onSubmit=${rate}>
    <fieldset class="field"><legend>${t("rating.title")}</legend>
      <div class="choices">
        ${[["yes", "passed"], ["no", "not_passed"]].map(([value, word]) => html`<label class="choice">
          <input type="radio" name="passed" value=${value} defaultChecked=${rating ? rating.passed === (value === "yes") : false} />
          <span>${t(`rating.${word}`)}</span></label>`)}
      </div></fieldset>
    <div class="field"><label for=${name}>${t("rating.remark")}</label>
      <textarea class="input" id=${name} name="remark" rows="2" maxlength="500">${rating?.remark ?? ""}</textarea></div>
    <${Trouble} error=${error} />
    <button class="button primary">${t("rating.send")}</button>
  </form>`;
}

/** @param {{ rating: NonNullable<import("./turn.js").After["rating"]>, change: () => void }} props */
function Rated({ rating, change }) {
  return html`<section class="rating">
    <p role="status"><${Icon} name="circle-check" /><span>${t("rating.done")} <b>${t(rating.passed ? "rating.passed" : "rating.not_passed")}</b>${rating.remark && ` – ${rating.remark}`}</span></p>
    ${isToday(rating.at) && html`<button class="button quiet small" type="button" onClick=${change}>${t("rating.change")}</button>`}
  </section>`;
}
