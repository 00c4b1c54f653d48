// Parts that a phone loads only when somebody asks for them: finding, offers, "why".
import { html, signal, useEffect } from "../vendor/ui.js";
import { loadWords } from "../shared/i18n.js";
import { loadStyle } from "../shared/style.js";
import { busy, fairCell, onDeck, standing } from "./state.js";

const parts = signal(/** @type {typeof import("../guidance/parts.js") | null} */ (null));
let asked = false;

/** Before a part that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

async function bring() {
  if (asked) return;
  asked = true;
  try {
    const [found] = await Promise.all([
      import("../guidance/parts.js"),
      loadWords(["/static/guidance/words"]),
      loadStyle("/static/shared/dialog.css"),
      loadStyle("/static/guidance/guidance.css"),
      loadStyle("/static/guidance/why.css"),
    ]);
    parts.value = found;
  } catch {
    asked = false;
    setTimeout(bring, AGAIN_MS);
  }
}

/**
 * @param {"FindPage" | "IdleOffer" | "WhyDialog"} name
 * @param {object} [props]
 */
function later(name, props = {}) {
  useEffect(() => void bring(), []);
  const Part = /** @type {any} */ (parts.value?.[name]);
  return Part ? html`<${Part} ...${props} />` : null;
}

export function Find() {
  return later("FindPage") ?? html`<main class="page"></main>`;
}

/** @param {{ ticket: import("./state.js").Ticket, close: () => void }} props */
export function Why(props) {
  return later("WhyDialog", props);
}

/** An idle booth for somebody who waits, while there is room for one more line. */
export function Offer() {
  const limit = fairCell.value?.join_limit ?? 3;
  const waits = standing.value.length > 0 && standing.value.length < limit;
  const isFree = !busy.value && !onDeck.value && fairCell.value?.state === "open";
  return waits && isFree ? html`<${IdleOffer} />` : null;
}

function IdleOffer() {
  return later("IdleOffer");
}
