// How staff come in: a personal invitation link, used up only after a tap.
import { html, render, useState } from "../vendor/ui.js";
import { api, fairId, getSlot, setSlot, takeToken } from "./api.js";
import { LanguageSwitch, Trouble } from "./components.js";
import { t } from "./i18n.js";

/**
 * @typedef {"booth" | "control" | "guest"} StaffPage
 * @typedef {{ slot: string, role: string, fair_id: string, booth_id: string | null,
 *   candidate_id: string | null, display_name: string, number: number | null }} Session
 * @typedef {{ code: string, message: string, hint?: string }} Fault
 */

/**
 * Sign in and go on; the words are the page's own `entry.*`.
 * @param {{ root: Element, page: StaffPage, go: (session: Session) => void | Promise<void> }} options
 */
export async function staffEntry({ root, page, go }) {
  const token = takeToken();
  /** @param {Session} session */
  const enter = (session) => {
    setSlot(page, session.slot);
    return go(session);
  };
  const { known, ended } = token ? { known: null, ended: null } : await knownSession(page);
  if (known) await enter(known);
  else render(html`<${Entry} token=${token} enter=${enter} ended=${ended} />`, root);
}

/**
 * What a staff page does when its link was ended for good: signed out means back to the door.
 * @param {number} code the socket's close code
 */
export function reenter(code) {
  if (code === 4401) location.reload();
}

/**
 * Who this tab was signed in as before it was loaded again, or why it is no more.
 * @param {StaffPage} page
 * @returns {Promise<{ known: Session | null, ended: Fault | null }>}
 */
async function knownSession(page) {
  if (!getSlot(page)) return { known: null, ended: null };
  try {
    const session = await api("GET", "/api/session");
    return { known: session.fair_id === fairId() ? session : null, ended: null };
  } catch (error) {
    // Only a clear no signs the tab out: a network that fails leaves it as it was.
    if (/** @type {{ status?: number }} */ (error).status !== 401) throw error;
    setSlot(page, null);
    return { known: null, ended: /** @type {Fault} */ (error) };
  }
}

/**
 * @param {{ token: string | null, enter: (session: Session) => void | Promise<void>, ended: Fault | null }} props
 *   ``ended`` is why this tab is signed in no more: a person shown out is told so
 */
function Entry({ token, enter, ended }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState(ended);
  const tap = async () => {
    setBusy(true);
    setFault(null);
    try {
      await enter(await api("POST", "/api/sessions", { token }));
    } catch (error) {
      setFault(/** @type {Fault} */ (error));
    }
    setBusy(false);
  };
  return html`<main class="entry">
    <div class="card entry-card">
      <h1>${t("entry.heading")}</h1>
      <p>${t(token ? "entry.lead" : "entry.no_link")}</p>
      ${token && html`<button class="button primary wide" type="button" disabled=${busy} onClick=${tap}>
        ${t(busy ? "entry.busy" : "entry.button")}</button>`}
      <${Trouble} error=${fault} />
    </div>
    <${LanguageSwitch} />
  </main>`;
}
