/** The desks and who sits there; colleagues, and a personal link for one more. */
import { html, useState } from "../../vendor/ui.js";
import { api } from "../../shared/api.js";
import { Trouble } from "../../shared/components.js";
import { t } from "../../shared/i18n.js";
import { deskName } from "../plan.js";

/** @typedef {import("./page.js").Colleague} Colleague */

/**
 * @param {{ plan: import("../plan.js").Plan, booth: import("../plan.js").PlanBooth,
 *   link: import("../../shared/net.js").Link, colleagues: Colleague[],
 *   setColleagues: (all: Colleague[]) => void }} props
 */
export function People({ plan, booth, link, colleagues, setColleagues }) {
  const [made, setMade] = useState(/** @type {{ display_name: string, link: string } | null} */ (null));
  const [error, setError] = useState(/** @type {any} */ (null));
  const cells = link.cells("booth").value;
  const invite = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.target);
    try {
      const found = await api("POST", `/api/fairs/${plan.fair_id}/colleagues`, { name: String(new FormData(form).get("name") ?? "") });
      setMade(found);
      setColleagues([...colleagues, found]);
      setError(null);
      form.reset();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`<h3>${t("prepare.desks")}</h3>
    <ul class="prepare-list">${booth.desks.map((desk) => html`<li class="prepare-row" key=${desk.desk_id}><b>${deskName(desk)}</b>
      <span class="quiet-text">${t((cells[`desk/${desk.desk_id}`]?.state ?? "closed") === "closed" ? "prepare.desk_empty" : "prepare.desk_taken")}</span></li>`)}</ul>
    <p class="quiet-text">${t("prepare.desks_more")}</p>
    <h3>${t("prepare.colleagues")}</h3>
    ${colleagues.length === 0 && html`<p class="quiet-text">${t("prepare.colleagues_none")}</p>`}
    <ul class="prepare-list">${colleagues.map((one) => html`<li key=${one.staff_id}>${one.display_name}</li>`)}</ul>
    <form class="second-form" onSubmit=${invite}>
      <label class="field"><span>${t("prepare.colleague_name")}</span><input class="input" name="name" maxlength="100" required autocomplete="off" /></label>
      <button class="button">${t("prepare.invite")}</button>
    </form>
    ${made && html`<p role="status" class="new-key">${t("prepare.invited", { name: made.display_name })}<br />
      <code>${new URL(made.link, location.origin).href}</code></p>`}
    <${Trouble} error=${error} />`;
}
