/** Camera, microphone and network of this computer, tried in time. */
import { html, useEffect } from "../../vendor/ui.js";
import { t } from "../../shared/i18n.js";
import { stopMedia } from "../../shared/media.js";
import { Loudness, NetworkTest } from "../../ways/trying.js";
import { Camera } from "../camera.js";
import { Preview } from "../setup.js";

const camera = new Camera();

/** @param {{ found: (good: boolean) => void }} props */
export function Trying({ found }) {
  useEffect(() => () => {
    // The light of the camera goes out with the part.
    stopMedia(camera.stream.value);
    camera.stream.value = null;
  }, []);
  const stream = camera.stream.value;
  return html`<p class="quiet-text">${t("prepare.trying_lead")}</p>
    <${Preview} camera=${camera} />
    ${stream && html`<${Loudness} stream=${stream} />
      <${NetworkTest} stream=${stream} found=${(/** @type {boolean} */ good) => found(good && stream.getTracks().length === 2)} />`}`;
}
