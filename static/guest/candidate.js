// On the candidate's phone: asked before anybody is let in, and a no at any time.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";
import { Beside } from "../shared/beside.js";
import { Icon, Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { chime } from "../shared/sound.js";
import { useLeg, useWho } from "./leg.js";
import { ThirdPicture } from "./third.js";

/**
 * @typedef {import("./leg.js").GuestCell} GuestCell
 * @typedef {{ link: import("../shared/net.js").Link, ticketId: string, guest: GuestCell,
 *   getGuest: () => GuestCell | null | undefined, stream: MediaStream | null, slow: boolean }} Props
 */

/** @param {Props} props */
export function CandidateGuest({ link, ticketId, guest, getGuest, stream, slow }) {
  const who = useWho(ticketId, guest.guest_id);
  if (guest.state === "invited") {
    return who && html`<${Question} key=${guest.guest_id} link=${link} ticketId=${ticketId}
      guestId=${guest.guest_id} who=${who} slow=${slow} />`;
  }
  return html`<${Present} link=${link} ticketId=${ticketId} guest=${guest} who=${who}
    getGuest=${getGuest} stream=${stream} />`;
}

/**
 * @param {{ link: any, ticketId: string, guestId: string, who: import("./leg.js").WhoComes,
 *   slow: boolean }} props
 */
function Question({ link, ticketId, guestId, who, slow }) {
  const [error, setError] = useState(null);
  const [asked, setAsked] = useState(false);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    chime(0.2);
    const before = document.activeElement;
    // On the question, not on an answer: a key meant for something else agrees to nothing.
    box.current?.focus();
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  const answer = (/** @type {boolean} */ agree) => {
    setAsked(true);
    const said = { ticket_id: ticketId, agree, guest_id: guestId };
    link.send("answer_guest", said).catch((/** @type {any} */ refusal) => {
      setError(refusal);
      setAsked(false);
    });
  };
  return html`<section class="guest-question" role="alertdialog" tabindex="-1" ref=${box}
    aria-labelledby="guest-words" aria-describedby="guest-cost">
    <p id="guest-words"><${Icon} name="users" /><span><b>${who.display_name}</b> – ${t(`guest.${who.role}`)} – ${t("guest.wants_in")}</span></p>
    <p id="guest-cost">${t("guest.not_yet")} ${t("guest.cost")} ${slow ? t("guest.slow") : ""}</p>
    <div class="guest-acts">
      <button class="button primary" type="button" disabled=${asked} onClick=${() => answer(true)}>${t("guest.yes")}</button>
      <button class="button" type="button" disabled=${asked} onClick=${() => answer(false)}>${t("guest.no")}</button>
    </div>
    <${Trouble} error=${error} />
  </section>`;
}

/** @param {Omit<Props, "slow"> & { who: import("./leg.js").WhoComes | null }} props */
function Present({ link, ticketId, guest, who, getGuest, stream }) {
  const room = useLeg({
    link, ticketId, leg: "guest_candidate", offers: false, getLeg: () => getGuest()?.leg, stream,
  });
  const end = () => link.send("answer_guest", { ticket_id: ticketId, agree: false }).catch(() => {});
  return html`<section class="guest-present" aria-label=${t("guest.heading")}>
    <${ThirdPicture} room=${room} guest=${guest} who=${who} />
    ${room && html`<${Beside} part="CheckButton" room=${room} />`}
    <button class="button small" type="button" onClick=${end}>${t("guest.no_more")}</button>
  </section>`;
}
