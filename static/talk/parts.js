// What stands beside the picture of an interview, for each of its two pages.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { t } from "../shared/i18n.js";
import { CaptionField, Captions } from "./captions.js";
import { Chat, ChatButton, useUnread } from "./chat.js";
import { CheckButton } from "./check.js";
import { EndNotice, PhoneOffer, RungButton, RungNotice } from "./rung.js";

export { CheckButton };

/** @typedef {import("../shared/room.js").Room} Room */

/**
 * On the phone: notices under the top line, captions and chat over the picture, two buttons.
 * @param {{ room: Room }} props
 */
export function CandidateBeside({ room }) {
  const [open, setOpen] = useState(false);
  const opener = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const unread = useUnread(room.talk, open);
  const isText = room.sends.value === "text" || room.talk.other.value?.sends === "text";
  useEffect(() => {
    if (isText) setOpen(true);
  }, [isText]);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const last = room.talk.lines.value.at(-1);
  return html`<div class="beside-notices">
      <${RungNotice} room=${room} />
      <${EndNotice} room=${room} />
      <${PhoneOffer} room=${room} side="candidate" />
      <div role="status">${unread > 0 && last && !last.mine
        && html`<p class="beside-notice"><b>${t("chat.them")}</b> ${last.text}</p>`}</div>
    </div>
    <${Captions} captions=${room.talk.captions.value} />
    <div class="beside-buttons">
      <${RungButton} room=${room} />
      <${ChatButton} unread=${unread} open=${open} opener=${opener} press=${() => setOpen(!open)} />
      <${CheckButton} room=${room} />
    </div>
    ${open && html`<${Chat} room=${room} close=${close} />`}`;
}

/**
 * At the desk: under the picture, all of it in sight.
 * @param {{ room: Room, callByPhone: (() => void) | null }} props
 */
export function DeskBeside({ room, callByPhone }) {
  return html`<div class="beside-desk">
    <div class="beside-row"><${RungButton} room=${room} /><${CheckButton} room=${room} /></div>
    <${RungNotice} room=${room} />
    <${EndNotice} room=${room} />
    <${PhoneOffer} room=${room} side="desk" callByPhone=${callByPhone} />
    <${CaptionField} talk=${room.talk} />
    <${Chat} room=${room} close=${null} />
  </div>`;
}
