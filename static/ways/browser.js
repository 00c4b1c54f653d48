// On in the real browser: the person's own link to copy, to open, and to scan.
import { html, useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { Icon, Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { who } from "../candidate/state.js";
import { intentLink, isInApp } from "./browser_kind.js";

/** @typedef {{ url: string, phone_end: string }} OwnLink */

/** The person's own link, read once it is needed. */
export function useOwnLink() {
  const [own, setOwn] = useState(/** @type {OwnLink | null} */ (null));
  const [error, setError] = useState(null);
  useEffect(() => {
    api("GET", `/api/fairs/${fairId()}/own_link`).then(setOwn, setError);
  }, []);
  return { own, error };
}

export function OtherBrowser() {
  const { own, error } = useOwnLink();
  if (!own) return html`<${Trouble} error=${error} />`;
  const agent = navigator.userAgent;
  const code = `/api/fairs/${fairId()}/own_link.svg?slot=${encodeURIComponent(who.value?.slot ?? "")}`;
  return html`<div class="other-browser">
    ${/Android/.test(agent) && isInApp(agent)
      ? html`<a class="button primary" href=${intentLink(own.url)}>${t("ways.open_browser")}</a>`
      : isInApp(agent) && html`<p>${t("ways.menu_hint")}</p>`}
    <${Copy} url=${own.url} />
    <p>${t("ways.scan")}</p>
    <img class="qr" src=${code} width="200" height="200" alt=${t("ways.qr")} />
    <p class="small-text">${t("ways.own_only")}</p>
  </div>`;
}

/** @param {{ url: string }} props */
function Copy({ url }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(url);
    } catch {
      // Apps often lend no clipboard: the older way needs the text marked.
      /** @type {HTMLInputElement | null} */ (document.querySelector("#own-link"))?.select();
      if (!document.execCommand("copy")) return;
    }
    setCopied(true);
  };
  return html`<div class="ticket-link">
    <input class="input small-text" id="own-link" readonly value=${url} aria-label=${t("ways.link")}
      onFocus=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).select()} />
    <button class="button" type="button" onClick=${copy}><${Icon} name=${copied ? "check" : "copy"} />
      <span role="status">${t(copied ? "ways.copied" : "ways.copy")}</span></button>
  </div>`;
}
