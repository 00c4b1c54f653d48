// A calm dialog: the browser's own, so that focus, Escape and screen readers behave.
import { html, useEffect, useRef } from "../vendor/ui.js";
import { Icon } from "./components.js";
import { t } from "./i18n.js";

/**
 * Over the page until closed; `close` is called for the button, Escape and a tap beside it.
 * @param {{ title: string, close: () => void, children?: any }} props
 */
export function Dialog({ title, close, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useEffect(() => {
    box.current?.showModal();
  }, []);
  // Closed by the browser, and only then taken away: so the focus goes back to where it came from.
  const end = () => box.current?.close();
  const beside = (/** @type {MouseEvent} */ event) => {
    if (event.target === box.current) end();
  };
  return html`<dialog class="dialog" ref=${box} aria-labelledby="dialog-title" onClose=${close} onClick=${beside}>
    <div class="dialog-inside">
      <header class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <button class="button quiet small" type="button" onClick=${end}><${Icon} name="x" />${t("dialog.close")}</button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
