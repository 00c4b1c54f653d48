// Parts that a phone loads only when somebody asks for them: finding, offers, "why", other ways.
import { html, signal, useEffect } from "../vendor/ui.js";
import { loadWords } from "../shared/i18n.js";
import { lookAhead, mediaTrouble } from "./own_media.js";
import { busy, fairCell, me, onDeck, standing } from "./state.js";

/** Before a part that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

/** Some components in a folder of their own, with their words and styles; loaded once. */
class Parts {
  /**
   * @param {() => Promise<any>} load
   * @param {string} words
   * @param {string[]} styles
   */
  constructor(load, words, styles) {
    this.load = load;
    this.words = words;
    this.styles = styles;
    this.found = signal(/** @type {Record<string, any> | null} */ (null));
    this.asked = false;
  }

  async bring() {
    if (this.asked) return;
    this.asked = true;
    try {
      const [found] = await Promise.all(
        [this.load(), loadWords([this.words]), ...this.styles.map(loadStyle)]);
      this.found.value = found;
    } catch {
      this.asked = false;
      setTimeout(() => this.bring(), AGAIN_MS);
    }
  }
}

const guidance = new Parts(() => import("../guidance/parts.js"), "/static/guidance/words",
  ["/static/shared/dialog.css", "/static/guidance/guidance.css", "/static/guidance/why.css"]);
const ways = new Parts(() => import("../ways/parts.js"), "/static/ways/words", ["/static/ways/ways.css"]);

/** @param {string} url */
function loadStyle(url) {
  return new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
    sheet.onload = resolve;
    sheet.onerror = () => {
      sheet.remove();
      reject(new Error(url));
    };
    document.head.append(sheet);
  });
}

/**
 * @param {Parts} parts
 * @param {string} name
 * @param {object} [props]
 */
function later(parts, name, props = {}) {
  useEffect(() => void parts.bring(), []);
  const Part = parts.found.value?.[name];
  return Part ? html`<${Part} ...${props} />` : null;
}

export function Find() {
  return later(guidance, "FindPage") ?? html`<main class="page"></main>`;
}

export function DeviceCheck() {
  return later(ways, "DeviceCheck") ?? html`<main class="page"></main>`;
}

/** @param {{ ticket: import("./state.js").Ticket, close: () => void }} props */
export function Why(props) {
  return later(guidance, "WhyDialog", props);
}

/** An idle booth for somebody who waits, while there is room for one more line. */
export function Offer() {
  const limit = fairCell.value?.join_limit ?? 3;
  const waits = standing.value.length > 0 && standing.value.length < limit;
  const isFree = !busy.value && !onDeck.value && fairCell.value?.state === "open";
  return waits && isFree ? html`<${IdleOffer} />` : null;
}

function IdleOffer() {
  return later(guidance, "IdleOffer");
}

/** Ways to the interview where there is no picture. @param {{ wanted: boolean }} props */
export function NoCamera({ wanted }) {
  useEffect(() => {
    if (wanted) void lookAhead();
  }, [wanted]);
  const other = mediaTrouble.value || (me.value?.way ?? "video") !== "video";
  return wanted && other ? html`<${WaysCard} />` : null;
}

function WaysCard() {
  return later(ways, "WaysCard");
}

/** The choice by itself, where the page has asked for it. @param {{ done?: () => void }} props */
export function Ways(props) {
  return later(ways, "Ways", props);
}

/** The number for a call that the recruiter began by telephone. */
export function AskNumber() {
  return later(ways, "AskNumber");
}
