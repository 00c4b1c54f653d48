// Which booths may read who one is, each with its switch, and what has been read or taken along.
import { html, useState } from "../../vendor/ui.js";
import { Icon, Trouble } from "../../shared/components.js";
import { lang, t } from "../../shared/i18n.js";
import { change } from "./my_data.js";

/**
 * @typedef {{ booth_id: string, booth: string, employer: string, given: boolean, at: number | null }} BoothConsent
 * @typedef {{ booth: string, employer: string, form: string, fields: string[], at: number }} Disclosure
 */

/** @param {{ booths: BoothConsent[], moment: (ms: number) => string }} props */
export function BoothConsents({ booths, moment }) {
  return html`<section class="card stack booth-consents"><h2>${t("data.booths")}</h2>
    <p>${t(booths.length ? "data.booths_what" : "data.booths_none")}</p>
    ${booths.length > 0 && html`<ul class="consent-list">${booths.map((one) => html`<${BoothSwitch} key=${one.booth_id}
      one=${one} moment=${moment} />`)}</ul>`}
  </section>`;
}

/** @param {{ one: BoothConsent, moment: (ms: number) => string }} props */
function BoothSwitch({ one: { booth_id: boothId, booth, employer, given, at }, moment }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState(/** @type {any} */ (null));
  const name = t("data.turn", { booth, employer });
  const choose = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    const choice = { purpose: "show_profile", booth_id: boothId, given: !given, language: lang.value };
    await change("POST", "/consents", choice).catch(setError);
    setBusy(false);
  };
  return html`<li>
    <p><${Icon} name=${given ? "circle-check" : "x"} /><span>${name}<br />
      <span class="quiet-text small-text">${t(given ? "data.booth_yes" : "data.booth_no")}${at !== null
        && ` · ${t("data.booth_since", { at: moment(at) })}`}</span></span></p>
    <div class="consent-acts"><button class=${given ? "button quiet small" : "button small"} type="button" aria-disabled=${busy}
      onClick=${choose}>${t(given ? "data.booth_stop" : "data.booth_start")}<span class="visually-hidden">: ${name}</span></button></div>
    <${Trouble} error=${error} />
  </li>`;
}

/** @param {{ all: Disclosure[], moment: (ms: number) => string }} props */
export function Disclosures({ all, moment }) {
  return html`<section class="card stack"><h2>${t("data.reads")}</h2>
    ${all.length === 0 ? html`<p>${t("data.reads_none")}</p>` : html`<ul class="facts-list">${all.map(({ booth, form, fields, at }) => html`<li>
      <span>${t(form === "video" ? "data.read_video" : "data.read_page", { booth, at: moment(at),
        fields: fields.map((field) => t(`data.field.${field}`)).join(", ") })}</span></li>`)}</ul>`}</section>`;
}
