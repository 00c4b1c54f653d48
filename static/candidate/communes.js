// Communes of today while one is typed: found by their new or old names, marks or not.
import { html, useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { t } from "../shared/i18n.js";

/** @typedef {{ text: string, former: string | null }} FoundCommune */

/** Letters from which on a search says something, and the pause after which one is sent. */
const LEAST = 2;
const PAUSE_MS = 200;

/**
 * Suggestions under the field; whoever writes on without them is believed, too.
 * @param {{ input: HTMLInputElement }} props the field, which is already being typed into
 */
export function CommuneHints({ input }) {
  const [found, setFound] = useState(/** @type {FoundCommune[]} */ ([]));
  useEffect(() => {
    // Whoever has gone on to the next field would see it pushed away by a list that comes late.
    const search = newSearch((late) => document.activeElement === input && setFound(late));
    const typed = () => search(input.value);
    typed();
    input.addEventListener("input", typed);
    return () => input.removeEventListener("input", typed);
  }, [input]);
  const choose = (/** @type {string} */ text) => {
    input.value = text;
    setFound([]);
    input.focus();
  };
  return html`<div class="hints">
    <p class="visually-hidden" role="status">${found.length ? t("hints.count", { n: found.length }) : ""}</p>
    ${found.length > 0 && html`<ul aria-label=${t("hints.title")}>${found.map(({ text, former }) =>
      html`<li key=${text}><button class="hint" type="button" onClick=${() => choose(text)}>
        ${text}${former && html`<small>${t("hints.former", { unit: former })}</small>`}</button></li>`)}</ul>`}
  </div>`;
}

/**
 * Search after a short pause; an answer that a later search has overtaken is not shown.
 * @param {(found: FoundCommune[]) => void} show
 */
function newSearch(show) {
  let latest = "";
  let timer = 0;
  return (/** @type {string} */ typed) => {
    const search = (latest = typed.trim());
    clearTimeout(timer);
    if (search.length < LEAST) {
      show([]);
      return;
    }
    timer = window.setTimeout(async () => {
      // Nothing is lost without an answer: the field takes any words.
      const found = await api("POST", `/api/fairs/${fairId()}/communes`, { search }).catch(() => []);
      if (search === latest) show(found);
    }, PAUSE_MS);
  };
}
