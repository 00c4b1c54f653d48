/** The page of a third person from outside: sign in by the link that works once, then the room. */
import { effect, html, render, useEffect } from "../../vendor/ui.js";
import { fairId, setSlot } from "../../shared/api.js";
import { ConnectionLine, LanguageSwitch, Trouble } from "../../shared/components.js";
import { loadWords, t } from "../../shared/i18n.js";
import { stopMedia } from "../../shared/media.js";
import { connect } from "../../shared/net.js";
import { staffEntry } from "../../shared/staff_entry.js";
import { Camera } from "../../booth/camera.js";
import { GuestRoom, outside } from "../guest_room.js";
import { invitationOf } from "../invitation.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
const camera = new Camera();

/** @param {import("../../shared/staff_entry.js").Session} session */
function openGuest(session) {
  const link = connect({ fairId: fairId(), slot: session.slot, views: ["guest"], onClosed: leave });
  render(html`<${Guest} link=${link} />`, root);
}

/**
 * Shown out, or the interview is over: the sign-in has gone with it, and its link worked once.
 * @param {number} code the socket's close code
 */
function leave(code) {
  if (code !== 4401) return;
  stopMedia(camera.stream.value);
  setSlot("guest", null);
  render(html`<${Over} />`, root);
}

function Over() {
  return html`<main class="entry"><div class="card entry-card" role="status">
    <h1>${t("room.over")}</h1><p>${t("room.over_more")}</p></div><${LanguageSwitch} /></main>`;
}

/** @param {{ link: import("../../shared/net.js").Link }} props */
function Guest({ link }) {
  const invitation = invitationOf(link);
  const sends = invitation !== null && invitation.role !== "listener";
  useEffect(() => {
    if (sends) void camera.open();
  }, [sends]);
  return html`<div class="guest-page">
    <header class="top-bar"><${ConnectionLine} link=${link} /><${LanguageSwitch} /></header>
    ${body(link, invitation)}
  </div>`;
}

/**
 * @param {import("../../shared/net.js").Link} link
 * @param {import("../invitation.js").Invitation | null} invitation
 */
function body(link, invitation) {
  const known = link.cells("guest").value["fair"] !== undefined;
  if (!invitation) {
    return html`<main class="entry"><div class="card entry-card">
      <h1>${t(known ? "room.over" : "room.opening")}</h1>${known && html`<p>${t("room.over_more")}</p>`}</div></main>`;
  }
  if (outside.value) {
    return html`<main class="entry"><div class="card entry-card"><h1>${t("room.outside")}</h1>
      <button class="button primary wide" type="button" onClick=${() => (outside.value = false)}>${t("room.back")}</button>
    </div></main>`;
  }
  return html`<${GuestRoom} link=${link} camera=${camera} invitation=${invitation}
    goOut=${() => (outside.value = true)} />`;
}

/** @param {{ message: string, code: string }} error */
function showTrouble(error) {
  render(html`<main class="entry"><div class="card entry-card"><${Trouble} error=${error} />
    <button class="button primary wide" type="button" onClick=${() => location.reload()}>${t("entry.retry")}</button>
  </div></main>`, root);
}

await loadWords(["/static/shared/words", "/static/guest/words", "/static/guest/door/words"]);
effect(() => {
  document.title = t("room.page");
});
await staffEntry({ root, page: "guest", go: openGuest }).catch(showTrouble);
