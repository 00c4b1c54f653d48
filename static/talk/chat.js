// Text chat beside the call. Nothing of it is kept.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { MOST_CHARACTERS } from "../shared/talk.js";

/**
 * @typedef {import("../shared/room.js").Room} Room
 * @typedef {import("../shared/talk.js").Talk} Talk
 */

/**
 * Lines of the other person that came while the chat was closed.
 * @param {Talk} talk
 * @param {boolean} open
 */
export function useUnread(talk, open) {
  const [read, setRead] = useState(0);
  const theirs = talk.lines.value.filter((line) => !line.mine).length;
  useEffect(() => {
    if (open) setRead(theirs);
  }, [open, theirs]);
  return open ? 0 : Math.max(0, theirs - read);
}

/**
 * @param {{ unread: number, open: boolean, press: () => void,
 *   opener: { current: HTMLButtonElement | null } }} props
 */
export function ChatButton({ unread, open, press, opener }) {
  return html`<button class="button small" type="button" ref=${opener} aria-expanded=${open} onClick=${press}>
    <${Icon} name="message-square" />${unread ? t("chat.unread", { n: unread }) : t("chat.open")}</button>`;
}

/** @param {{ room: Room, close: (() => void) | null }} props `close` where it lies over the picture */
export function Chat({ room, close }) {
  const { talk } = room;
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  const end = useRef(/** @type {HTMLElement | null} */ (null));
  const [slow, setSlow] = useState(false);
  const lines = talk.lines.value;
  useEffect(() => {
    if (close) field.current?.focus();
  }, []);
  useEffect(() => {
    if (end.current) end.current.scrollTop = end.current.scrollHeight;
  }, [lines.length]);
  const send = (/** @type {Event} */ event) => {
    event.preventDefault();
    const input = field.current;
    if (!input?.value.trim()) return;
    const sent = talk.write(input.value);
    setSlow(!sent);
    if (sent) input.value = "";
  };
  const pressed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && close) close();
  };
  return html`<section class="chat ${close ? "over" : ""}" aria-label=${t("chat.heading")} onKeyDown=${pressed}>
    ${close && html`<header><h2>${t("chat.heading")}</h2>
      <button class="button quiet small" type="button" onClick=${close}><${Icon} name="x" />${t("dialog.close")}</button></header>`}
    <div class="chat-lines" role="log" aria-label=${t("chat.lines")} tabindex="0" ref=${end}>
      ${lines.map((line) => html`<p key=${line.id}>
        <b>${t(line.mine ? "chat.me" : "chat.them")}</b> ${line.text}
        ${!line.arrived && html` <span class="quiet-text">${t("chat.sending")}</span>`}</p>`)}
    </div>
    <form class="chat-form" onSubmit=${send}>
      <label class="visually-hidden" for="chat-field">${t("chat.field")}</label>
      <input class="input" id="chat-field" ref=${field} maxlength=${MOST_CHARACTERS} autocomplete="off"
        placeholder=${t("chat.field")} enterkeyhint="send" />
      <button class="button" type="submit">${t("chat.send")}</button>
    </form>
    <p class="quiet-text" role="status">${t(slow ? "chat.slow" : room.talksDirectly.value ? "chat.kept" : "chat.by_server")}</p>
  </section>`;
}
