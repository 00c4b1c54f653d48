// Trying camera and microphone while there is time: one's own picture and a bar that moves.
import { html, useEffect, useRef } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { Meter } from "../shared/media.js";
import { OwnPicture } from "../shared/picture.js";
import { chime, unlockSound } from "../shared/sound.js";
import { NoCamera } from "./lines.js";
import { keepsCamera } from "./on_deck.js";
import { askAgain, askForMedia, dropMedia, ownMedia } from "./own_media.js";
import { screen } from "./state.js";

export function DeviceCheck() {
  useEffect(() => {
    void askForMedia();
    return () => {
      if (!keepsCamera()) dropMedia();
    };
  }, []);
  const media = ownMedia.value;
  const back = () => (screen.value = "home");
  return html`<main class="page check-page">
    <h1>${t("check.title")}</h1>
    <div class="mirror">${media?.video
      ? html`<${OwnPicture} stream=${media.stream} label=${t("interview.self")} />`
      : html`<p>${media ? t(`media.${media.fault || "none"}`) : t("check.asking")}</p>`}</div>
    <ul class="card checks">
      <${Result} good=${media?.video} name="video" />
      <${Result} good=${media?.audio} name="audio" />
      ${media?.audio && media.stream && html`<li><${Loudness} stream=${media.stream} /></li>`}
      <li><button class="button" type="button" onClick=${() => { unlockSound(); chime(); }}>
        <${Icon} name="volume-2" />${t("check.sound")}</button></li>
    </ul>
    ${media?.fault && media.fault !== "missing" && html`<button class="button wide" type="button" onClick=${askAgain}>
      ${t("media.again")}</button>`}
    <${NoCamera} wanted=${media?.fault === "missing"} />
    <button class="button primary wide" type="button" onClick=${back}>${t("check.done")}</button>
  </main>`;
}

/** @param {{ good: boolean | undefined, name: "video" | "audio" }} props */
function Result({ good, name }) {
  if (good === undefined) return null;
  return html`<li class=${good ? "good" : "bad"}><${Icon} name=${good ? "circle-check" : "circle-alert"} />
    <span>${t(`check.${name}_${good ? "good" : "bad"}`)}</span></li>`;
}

/** @param {{ stream: MediaStream }} props */
function Loudness({ stream }) {
  const bar = useRef(/** @type {HTMLMeterElement | null} */ (null));
  useEffect(() => {
    const meter = new Meter(stream);
    const timer = setInterval(() => {
      if (bar.current) bar.current.value = meter.level();
    }, 80);
    return () => {
      clearInterval(timer);
      void meter.close();
    };
  }, [stream]);
  return html`<label class="loudness">${t("check.speak")}
    <meter ref=${bar} min="0" max="1" value="0"></meter></label>`;
}
