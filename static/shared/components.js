// Bits that every page shows.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { lang, setLang, t } from "./i18n.js";

/** Icons are symbols of one sprite; the word beside says what they mean. */
const SPRITE = "/static/shared/icons.svg";

/**
 * @param {{ name: string, class?: string }} props `name` as in icons.svg
 */
export function Icon({ name, class: extra = "" }) {
  return html`<svg class="icon ${extra}" aria-hidden="true"><use href="${SPRITE}#${name}" /></svg>`;
}

/** Switches between Vietnamese and English; each offer is written in its own language. */
export function LanguageSwitch() {
  const other = lang.value === "vi" ? "en" : "vi";
  return html`<button class="button quiet small" type="button" lang=${other}
    onClick=${() => setLang(other)}>
    <${Icon} name="languages" />${other === "vi" ? "Tiếng Việt" : "English"}
  </button>`;
}

/**
 * How this page hears the fair, in words: never a spinner.
 * @param {{ link: import("./net.js").Link }} props
 */
export function ConnectionLine({ link }) {
  const now = useTick(1_000);
  const status = link.store.value === "away" && link.status.value === "live"
    ? "store_away" : link.status.value;
  const age = Math.max(0, Math.round((now - link.lastHeard.value) / 1000));
  const icon = status === "live" ? "circle-check" : status === "connecting" ? "ellipsis" : "wifi-off";
  return html`<p class="connection ${status}">
    <${Icon} name=${icon} />
    <span role="status">${t(`connection.${status}`)}</span>
    ${status === "elsewhere" && html`<button class="button small" type="button" onClick=${() => location.reload()}>
      ${t("connection.here")}</button>`}
    ${link.lastHeard.value > 0 && html`<span class="age">${t("connection.age", { age: ageText(age) })}</span>`}
  </p>`;
}

/** @param {number} seconds */
function ageText(seconds) {
  if (seconds < 3) return t("connection.just_now");
  if (seconds < 90) return t("connection.seconds_ago", { n: seconds });
  return t("connection.minutes_ago", { n: Math.round(seconds / 60) });
}

/**
 * A ring that empties until a deadline, with the seconds inside.
 * @param {{ deadline: number, total: number, now: () => number, label: string }} props
 *   times in ms by the server's clock
 */
export function Countdown({ deadline, total, now, label }) {
  useTick(250);
  const left = Math.max(0, deadline - now());
  const share = Math.min(1, left / Math.max(1, total));
  return html`<div class="countdown" role="timer" aria-label=${label}>
    <svg viewBox="0 0 120 120" aria-hidden="true">
      <circle class="rail" cx="60" cy="60" r="54" />
      <circle class="left" cx="60" cy="60" r="54" pathLength="100"
        stroke-dasharray="100" stroke-dashoffset=${100 - share * 100} />
    </svg>
    <span class="figures">${Math.ceil(left / 1000)}</span>
  </div>`;
}

/**
 * Draw the component again every so often.
 * @param {number} every milliseconds
 * @returns {number} this machine's time
 */
export function useTick(every) {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/**
 * The focus goes into a question when it is asked in place of its button, and back when it is
 * taken back; without this it would fall to the top of the page.
 * @param {boolean} asking
 * @returns refs for the answer that changes nothing, and for the button that asks
 */
export function useQuestion(asking) {
  const stay = useRef(/** @type {HTMLElement | null} */ (null));
  const opener = useRef(/** @type {HTMLElement | null} */ (null));
  const asked = useRef(asking);
  useEffect(() => {
    if (asking !== asked.current) (asking ? stay : opener).current?.focus();
    asked.current = asking;
  }, [asking]);
  return { stay, opener };
}

/**
 * A refusal or a fault, as its sentence and what to do.
 * @param {{ error: { code: string, message: string, hint?: string } | null }} props
 */
export function Trouble({ error }) {
  if (!error) return null;
  const sentence = error.code === "unreachable" ? t("error.unreachable") : error.message;
  return html`<p class="trouble" role="alert"><${Icon} name="triangle-alert" />
    <span>${sentence}${error.hint ? html` <span class="hint">${error.hint}</span>` : null}</span></p>`;
}
