// What a booth may read of the person, said at each turn and changed there.
import { html, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { Icon, Trouble } from "../shared/components.js";
import { lang, t } from "../shared/i18n.js";
import { place } from "./plan.js";

/**
 * Let one booth read who one is, or no more.
 * @param {string} boothId
 * @param {boolean} given
 */
export function letBoothRead(boothId, given) {
  return api("POST", `/api/fairs/${fairId()}/my-data/consents`,
    { purpose: "show_profile", booth_id: boothId, given, language: lang.value });
}

/** @param {{ ticket: import("./state.js").Ticket }} props */
export function Shown({ ticket: { booth_id: boothId, shown } }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  // Not disabled meanwhile: the focus would be lost.
  const change = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    await letBoothRead(boothId, !shown).catch(setError);
    setBusy(false);
  };
  return html`<p class="shown"><${Icon} name=${shown ? "user" : "info"} />
      <span>${t(shown ? "shown.is" : "shown.is_not")}${" "}
        <button class="shown-act" type="button" aria-disabled=${busy} onClick=${change}>
          ${t(shown ? "shown.stop" : "shown.start")}<span class="visually-hidden">: ${place(boothId)}</span></button></span></p>
    <${Trouble} error=${error} />`;
}
