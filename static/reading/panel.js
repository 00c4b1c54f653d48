// The panel under the bar: how large, and whether aloud.
import { html, useEffect, useRef } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { isOn, readNow, setAloud } from "./aloud.js";
import { SIZES, setSize, size } from "./size.js";
import { isMute } from "./voice.js";

/** @param {{ close: () => void }} props */
export function Panel({ close }) {
  const first = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => first.current?.focus(), []);
  return html`<section class="reading" aria-label=${t("read.open")}>
    <h2 ref=${first} tabindex="-1">${t("read.size")}</h2>
    <div class="sizes" role="group" aria-label=${t("read.size")}>
      ${SIZES.map((percent) => html`<button class="button" type="button" key=${percent}
        aria-pressed=${size.value === percent} onClick=${() => setSize(percent)}>
        ${t("read.percent", { n: percent })}</button>`)}
    </div>
    <button class="button wide" type="button" aria-pressed=${isOn.value}
      onClick=${() => setAloud(!isOn.value)}>
      <${Icon} name=${isOn.value ? "check" : "volume-2"} />${t("read.aloud")}</button>
    <p class="quiet-text">${t("read.aloud_what")}</p>
    ${isMute.value && html`<p role="status">${t("read.no_voice")}</p>`}
    <div class="actions">
      <button class="button" type="button" onClick=${readNow}>
        <${Icon} name="volume-2" />${t("read.now")}</button>
      <button class="button" type="button" onClick=${close}>${t("read.close")}</button>
    </div>
  </section>`;
}
