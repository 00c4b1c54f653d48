// At the desk: whom to ask in, what it costs, and the third person under the picture.
import { html, useEffect, useState } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { Beside } from "../shared/beside.js";
import { Icon, Trouble } from "../shared/components.js";
import { Dialog } from "../shared/dialog.js";
import { t } from "../shared/i18n.js";
import { useLeg, useWho } from "./leg.js";
import { ThirdPicture } from "./third.js";

/**
 * @typedef {import("./leg.js").GuestCell} GuestCell
 * @typedef {{ staff_id: string, display_name: string }} Colleague
 * @typedef {{ link: import("../shared/net.js").Link, ticketId: string, guest: GuestCell,
 *   getGuest: () => GuestCell | null | undefined, stream: MediaStream | null }} Props
 */

/** The third person under the picture. @param {Props} props */
export function DeskGuest({ link, ticketId, guest, getGuest, stream }) {
  const who = useWho(ticketId, guest.guest_id);
  const remove = () => link.send("remove_guest", { ticket_id: ticketId }).catch(() => {});
  const agreed = guest.state === "agreed";
  return html`<section class="guest-present" aria-label=${t("guest.heading")}>
    ${agreed ? html`<${Connected} link=${link} ticketId=${ticketId} guest=${guest} who=${who}
        getGuest=${getGuest} stream=${stream} />`
      : html`<${ThirdPicture} room=${null} guest=${guest} who=${who} />`}
    <button class="button quiet small" type="button" onClick=${remove}>
      ${t(agreed ? "guest.remove" : "guest.take_back")}</button>
  </section>`;
}

/** @param {Props & { who: import("./leg.js").WhoComes | null }} props */
function Connected({ link, ticketId, guest, who, getGuest, stream }) {
  const room = useLeg({
    link, ticketId, leg: "desk_guest", offers: true, getLeg: () => getGuest()?.leg, stream,
  });
  return html`<${ThirdPicture} room=${room} guest=${guest} who=${who} />
    ${room && html`<${Beside} part="CheckButton" room=${room} />`}`;
}

/**
 * Whom to ask in; a link for somebody from outside is shown until the dialog is closed.
 * @param {{ link: import("../shared/net.js").Link, ticketId: string, number: string,
 *   slow: "here" | "there" | null, close: () => void }} props
 */
export function InviteChoice({ link, ticketId, number, slow, close }) {
  const [made, setMade] = useState("");
  const [error, setError] = useState(/** @type {any} */ (null));
  const invite = async (/** @type {object} */ fields) => {
    try {
      const result = await link.send("invite_guest", { ticket_id: ticketId, ...fields });
      setError(null);
      if (result.link) setMade(result.link);
      else close();
    } catch (refusal) {
      setError(refusal);
    }
  };
  return html`<${Dialog} title=${t("invite.title", { number })} close=${close}>
    <p class="quiet-text">${t("invite.lead")}</p>
    <p class="wait-note"><${Icon} name="info" /><span>${t("invite.cost")}
      ${slow && html` <b>${t(`invite.slow_${slow}`)}</b>`}</span></p>
    <${Trouble} error=${error} />
    ${made ? html`<${MadeLink} made=${made} />`
      : html`<${Colleagues} invite=${invite} /><${Interpreter} invite=${invite} />`}
  <//>`;
}

/** @param {{ invite: (fields: object) => Promise<void> }} props */
function Colleagues({ invite }) {
  const [found, setFound] = useState(/** @type {Colleague[] | null} */ (null));
  useEffect(() => {
    api("GET", `/api/fairs/${fairId()}/colleagues`).then(
      (answer) => setFound(answer.colleagues), () => setFound([]));
  }, []);
  return html`<section class="invite-part"><h3>${t("invite.colleagues")}</h3>
    ${found?.length === 0 && html`<p class="quiet-text">${t("invite.nobody")}</p>`}
    <ul class="invite-list">${found?.map(({ staff_id, display_name }) => html`<li key=${staff_id}>
      <b>${display_name}</b>
      <button class="button small" type="button" onClick=${() => invite({ role: "colleague", staff_id })}>
        ${t("invite.talks")}<span class="visually-hidden"> ${display_name}</span></button>
      <button class="button small" type="button" onClick=${() => invite({ role: "listener", staff_id })}>
        ${t("invite.listens")}<span class="visually-hidden"> ${display_name}</span></button>
    </li>`)}</ul>
  </section>`;
}

/** @param {{ invite: (fields: object) => Promise<void> }} props */
function Interpreter({ invite }) {
  const make = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const said = new FormData(/** @type {HTMLFormElement} */ (event.target));
    void invite({ role: "interpreter", name: String(said.get("name") || "").trim() });
  };
  return html`<form class="invite-part" onSubmit=${make}><h3>${t("invite.interpreter")}</h3>
    <label class="field"><span>${t("invite.name")}</span>
      <input class="input" name="name" maxlength="80" autocomplete="off" required /></label>
    <button class="button">${t("invite.make_link")}</button>
  </form>`;
}

/** @param {{ made: string }} props */
function MadeLink({ made }) {
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard?.writeText(made).then(() => setCopied(true), () => {});
  return html`<section class="invite-part">
    <label class="field"><span>${t("invite.link")}</span>
      <input class="input" readonly value=${made} onFocus=${(/** @type {any} */ event) => event.currentTarget.select()} /></label>
    <p class="quiet-text">${t("invite.once")}</p>
    <button class="button primary" type="button" onClick=${copy}><span role="status">${t(copied ? "invite.copied" : "invite.copy")}</span></button>
  </section>`;
}
