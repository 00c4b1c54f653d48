// No camera here: the ways to the interview that are left, one of them a tap away.
import { html, useState } from "../vendor/ui.js";
import { Icon, Trouble } from "../shared/components.js";
import { either, has, t } from "../shared/i18n.js";
import { askAgain, askForMedia, dropMedia, mediaTrouble, ownMedia } from "../candidate/own_media.js";
import { busy, fair, me, send } from "../candidate/state.js";
import { OtherBrowser } from "./browser.js";
import { browserKind } from "./browser_kind.js";
import { AskNumber } from "./phone.js";

/**
 * @typedef {"audio" | "phone" | "browser" | "station"} Choice
 * @typedef {"video" | "audio" | "phone" | "station"} Way
 */

const ICONS = { audio: "mic", phone: "phone", browser: "door-open", station: "map-pin" };

/**
 * Tell the server, and through it the recruiter, how this person can talk.
 * @param {Way} way
 */
export async function choose(way) {
  const needed = ownMedia.value !== null || (busy.value && busy.value.state !== "called");
  // Another way needs other devices.
  dropMedia();
  if (needed && (way === "video" || way === "audio")) void askForMedia(way);
  await send("choose_way", { way });
}

/** While waiting: said early, because there is time to act; what was chosen can be changed. */
export function WaysCard() {
  const [changing, setChanging] = useState(false);
  const way = me.value?.way ?? "video";
  const trouble = mediaTrouble.value;
  if (way === "video" && !trouble) return null;
  if (way === "video" || changing) {
    return html`<section class="card ways-card" aria-labelledby="ways-title">
      <${Ways} done=${() => setChanging(false)} /></section>`;
  }
  return html`<section class="card ways-card chosen" role="status">
    <p><${Icon} name=${ICONS[way]} /><b>${t(`ways.chosen_${way}`)}</b></p>
    ${way === "station" && html`<${Station} />`}
    <button class="button small" type="button" onClick=${() => setChanging(true)}>${t("ways.change")}</button>
  </section>`;
}

/** @param {{ done?: () => void }} props `done` hears that a way was chosen */
export function Ways({ done = () => {} }) {
  const [open, setOpen] = useState(/** @type {Choice | null} */ (null));
  const [error, setError] = useState(null);
  const trouble = mediaTrouble.value;
  const now = me.value?.way ?? "video";
  const fault = trouble?.fault ?? "choose";
  /** @param {Way} way */
  const take = (way) => choose(way).then(done, setError);
  /** @param {Choice} choice */
  const pick = (choice) => {
    setError(null);
    if (choice === "audio") void take("audio");
    else setOpen(open === choice ? null : choice);
  };
  const choices = /** @type {Choice[]} */ (["audio", "phone", "browser", "station"])
    .filter((choice) => choice !== now && (choice !== "audio" || trouble?.audio !== false));
  return html`<div class="ways">
    <h2 id="ways-title">${t(`ways.title_${fault}`)}</h2>
    ${fault === "refused" && html`<${AllowAgain} />`}
    ${now !== "video" && html`<div class="way"><button class="button wide" type="button" onClick=${() => take("video")}>
      <${Icon} name="video" /><span>${t("ways.video")}</span></button></div>`}
    ${choices.map((choice) => html`<div class="way" key=${choice}>
      <button class="button wide" type="button" aria-expanded=${choice === "audio" ? undefined : open === choice}
        onClick=${() => pick(choice)}><${Icon} name=${ICONS[choice]} />
        <span>${t(`ways.${choice}`)} <small>${t(`ways.${choice}_what`)}</small></span></button>
      ${open === choice && html`<div class="way-more">
        ${choice === "phone" && html`<${AskNumber} done=${done} />`}
        ${choice === "browser" && html`<${OtherBrowser} />`}
        ${choice === "station" && html`<${Station} /><button class="button primary" type="button"
          onClick=${() => take("station")}>${t("ways.go_there")}</button>`}
      </div>`}
    </div>`)}
    <${Trouble} error=${error} />
  </div>`;
}

/** How to let the page have the camera after all, in the words of this browser. */
function AllowAgain() {
  const key = `ways.allow_${browserKind(navigator.userAgent)}`;
  return html`<p>${t(has(key) ? key : "ways.allow_other")}</p>
    <button class="button small" type="button" onClick=${askAgain}>
      <${Icon} name="refresh-cw" />${t("ways.try_again")}</button>`;
}

/** Where there is a computer with a camera, and what to say there. */
function Station() {
  const sites = fair.value?.sites || [];
  return html`<div class="station">
    <p>${t("ways.say_number")} <b class="figures">${me.value?.number}</b></p>
    ${sites.length > 0 ? html`<ul>${sites.map((site) => html`<li key=${site.site_id}>
        <b>${either(site.name)}</b> – ${site.place}</li>`)}</ul>`
      : html`<p>${t("ways.ask_reception")}</p>`}
  </div>`;
}
