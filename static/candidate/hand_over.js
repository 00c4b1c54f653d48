// The recruiter offers another booth: nothing happens before the person agrees.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Icon, Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { chime } from "../shared/sound.js";
import { employerName, place } from "./plan.js";
import { send } from "./state.js";

/** @param {{ ticket: import("./state.js").Ticket }} props */
export function HandOverOffer({ ticket }) {
  const [error, setError] = useState(null);
  const [asked, setAsked] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const to = ticket.hand_over_to;
  useEffect(() => {
    setAsked(false);
    setError(null);
    if (!to) return;
    chime(0.2);
    const before = document.activeElement;
    // On the question, not on an answer: a key meant for something else agrees to nothing.
    box.current?.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, [to]);
  if (!to) return null;
  // The other booth is another one to be asked about; a colleague belongs to this one.
  const isOther = to !== ticket.booth_id;
  const answer = (/** @type {boolean} */ agree, /** @type {boolean | null} */ show = null) => {
    setAsked(true);
    const said = { ticket_id: ticket.ticket_id, agree, show_profile: show, to_booth_id: to };
    send("answer_hand_over", said).catch((refusal) => {
      setError(refusal);
      setAsked(false);
    });
  };
  const sentence = isOther ? t("hand_over.ask", { place: place(to), employer: employerName(to) })
    : t("hand_over.colleague", { place: place(to) });
  return html`<section class="hand-over" role="alertdialog" tabindex="-1" ref=${box}
    aria-labelledby="hand-over-words">
    <p id="hand-over-words"><${Icon} name="users" /><span><b>${sentence}</b> ${t("hand_over.first")}
      ${isOther && t("hand_over.shown")}</span></p>
    <div class="hand-over-acts">
      ${isOther ? html`<button class="button" type="button" disabled=${asked} onClick=${() => answer(true, true)}>${t("hand_over.yes_shown")}</button>
        <button class="button" type="button" disabled=${asked} onClick=${() => answer(true, false)}>${t("hand_over.yes_number")}</button>`
      : html`<button class="button primary" type="button" disabled=${asked} onClick=${() => answer(true)}>${t("hand_over.yes")}</button>`}
      <button class="button" type="button" disabled=${asked} onClick=${() => answer(false)}>${t("hand_over.no")}</button>
    </div>
    <${Trouble} error=${error} />
  </section>`;
}
