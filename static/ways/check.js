// Trying camera, microphone, speaker and network while there is time.
import { html, useEffect } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { OwnPicture } from "../shared/picture.js";
import { chime, unlockSound } from "../shared/sound.js";
import { keepsCamera } from "../candidate/on_deck.js";
import { askForMedia, dropMedia, ownMedia } from "../candidate/own_media.js";
import { screen } from "../candidate/state.js";
import { Loudness, NetworkTest } from "./trying.js";
import { Ways } from "./ways.js";

export function DeviceCheck() {
  useEffect(() => {
    void askForMedia();
    return () => {
      if (!keepsCamera()) dropMedia();
    };
  }, []);
  const media = ownMedia.value;
  return html`<main class="page check-page">
    <h1>${t("check.title")}</h1>
    <div class="mirror">${media?.video
      ? html`<${OwnPicture} stream=${media.stream} label=${t("check.own")} />`
      : html`<p>${!media ? t("check.asking") : media.fault ? t(`media.${media.fault}`) : t("ways.chosen_audio")}</p>`}</div>
    <ul class="card checks">
      <${Result} good=${media?.video} name="video" />
      <${Result} good=${media?.audio} name="audio" />
      ${media?.audio && media.stream && html`<li><${Loudness} stream=${media.stream} /></li>`}
      <li><button class="button" type="button" onClick=${() => { unlockSound(); chime(); }}>
        <${Icon} name="volume-2" />${t("check.sound")}</button></li>
    </ul>
    ${media?.stream && html`<${NetworkTest} stream=${media.stream} />`}
    ${media && (!media.video || !media.audio) && html`<section class="card"><${Ways} /></section>`}
    <button class="button primary wide" type="button" onClick=${() => (screen.value = "home")}>${t("check.done")}</button>
  </main>`;
}

/** @param {{ good: boolean | undefined, name: "video" | "audio" }} props */
function Result({ good, name }) {
  if (good === undefined) return null;
  return html`<li class=${good ? "good" : "bad"}><${Icon} name=${good ? "circle-check" : "circle-alert"} />
    <span>${t(`check.${name}_${good ? "good" : "bad"}`)}</span></li>`;
}
