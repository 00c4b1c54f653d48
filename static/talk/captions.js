// Captions: what is said, typed by the recruiter or an interpreter, read under the picture.
import { html, useRef } from "../vendor/ui.js";
import { t } from "../shared/i18n.js";
import { MOST_CHARACTERS } from "../shared/talk.js";

/**
 * The newest lines. A screen reader gets each line once it is finished.
 * @param {{ captions: import("../shared/talk.js").Captions }} props
 */
export function Captions({ captions }) {
  const { done, live } = captions;
  const isEmpty = !live && done.length === 0;
  return html`<div class="captions ${isEmpty ? "empty" : ""}" role="log" aria-label=${t("caption.heading")}>
    ${done.map((line, index) => html`<p key=${`${index} ${line}`}>${line}</p>`)}
    ${live && html`<p aria-hidden="true">${live}</p>`}
  </div>`;
}

/** Where they are typed. @param {{ talk: import("../shared/talk.js").Talk }} props */
export function CaptionField({ talk }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const typed = () => talk.caption(field.current?.value ?? "", false);
  const finish = (/** @type {Event} */ event) => {
    event.preventDefault();
    const input = field.current;
    if (!input?.value.trim()) return;
    talk.caption(input.value, true);
    input.value = "";
  };
  const { done } = talk.ownCaptions.value;
  return html`<form class="caption-form" onSubmit=${finish}>
    <label for="caption-field">${t("caption.field")}</label>
    <input class="input" id="caption-field" ref=${field} maxlength=${MOST_CHARACTERS} autocomplete="off"
      aria-describedby="caption-help" onInput=${typed} />
    <p class="quiet-text" id="caption-help">${t("caption.help")}
      ${done.length > 0 && html`<br /><span class="caption-last">${t("caption.last", { text: done[done.length - 1] })}</span>`}</p>
  </form>`;
}
