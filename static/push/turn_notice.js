// "Tell me when it is my turn": what it does, how it stands, and off again.
import { html, useEffect } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { look, standing, turnOff, turnOn } from "./subscription.js";

/** States with a button; its word says what it does. */
const ACTS = { off: turnOn, asking: turnOn, failed: turnOn, on: turnOff };

export function TurnNotice() {
  useEffect(() => void look(), []);
  const state = standing.value;
  useEffect(() => (state === "home_screen" ? offerHomeScreen() : undefined), [state]);
  if (state === "look") return null;
  const act = state in ACTS ? ACTS[/** @type {keyof typeof ACTS} */ (state)] : null;
  return html`<section class="card turn-notice" aria-label=${t("push.label")}>
    <p class=${`push-state ${state}`}><${Icon} name=${state === "on" ? "circle-check" : "bell"} />
      <span role="status">${t(`push.state.${state}`)}</span></p>
    ${act && html`<button class=${`button ${state === "on" ? "quiet small" : "wide"}`} type="button"
      aria-disabled=${state === "asking"} onClick=${() => state !== "asking" && act()}>
      ${t(state === "on" ? "push.off" : "push.offer")}</button>`}
  </section>`;
}

/** What an iPhone needs to make an icon of the page; nobody else loads it. */
function offerHomeScreen() {
  const links = [
    { rel: "manifest", href: "app.webmanifest" },
    { rel: "apple-touch-icon", href: "/static/shared/icon.png" },
  ].map((fields) => Object.assign(document.createElement("link"), fields));
  document.head.append(...links);
  return () => links.forEach((link) => link.remove());
}
