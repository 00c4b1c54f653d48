// The check word, small beside the picture, and behind it what it is for.
import { html, useState } from "../vendor/ui.js";
import { Dialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";

/** @typedef {import("../shared/check_word.js").Word} Word */

/** Nothing before the two have a word. @param {{ room: import("../shared/room.js").Room }} props */
export function CheckButton({ room }) {
  const [open, setOpen] = useState(false);
  const word = room.check.word.value;
  const isThere = room.state.value === "live" || room.state.value === "lost";
  if (!word || !isThere) return null;
  return html`<button class="button small check-button" type="button" aria-haspopup="dialog"
      onClick=${() => setOpen(true)}><span class="visually-hidden">${t("check.heading")}: </span><span
      lang="vi">${word.syllables}</span><span class="check-what" aria-hidden="true">?</span></button>
    ${open && html`<${CheckDialog} word=${word} close=${() => setOpen(false)} />`}`;
}

/** @param {{ word: Word, close: () => void }} props */
function CheckDialog({ word, close }) {
  return html`<${Dialog} title=${t("check.heading")} close=${close}>
    <p class="check-word" lang="vi">${word.syllables}</p>
    <p class="check-digits figures">${word.digits}</p>
    <p>${t("check.same")}</p>
    <p class="quiet-text">${t("check.other")}</p>
  <//>`;
}
