/** The booth's page: sign in, choose a desk, then the desk. */
import { effect, html, render, signal, useEffect } from "../vendor/ui.js";
import { invitationOf } from "../guest/invitation.js";
import { api, fairId } from "../shared/api.js";
import { Trouble } from "../shared/components.js";
import { loadWords, t } from "../shared/i18n.js";
import { keep, recall } from "../shared/keep.js";
import { connect } from "../shared/net.js";
import { reenter, staffEntry } from "../shared/staff_entry.js";
import { Call } from "./call.js";
import { Camera } from "./camera.js";
import { DeskPage } from "./desk_page.js";
import { InvitedRoom } from "./invited.js";
import { DeskModel } from "./model.js";
import { Setup } from "./setup.js";

/**
 * @typedef {import("./plan.js").Plan} Plan
 * @typedef {import("./plan.js").PlanBooth} PlanBooth
 * @typedef {import("./plan.js").PlanDesk} PlanDesk
 * @typedef {import("../shared/staff_entry.js").Session} Session
 */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

/**
 * Read the fair, open the link, show the page.
 * @param {Session} session
 */
async function openBooth(session) {
  const plan = /** @type {Plan} */ (await api("GET", `/api/fairs/${fairId()}`));
  const booth = plan.booths.find((one) => one.booth_id === session.booth_id);
  if (!booth) throw { code: "not_permitted", message: t("entry.elsewhere") };
  const link = connect({
    fairId: plan.fair_id, slot: session.slot, views: ["booth", "guest"], onClosed: reenter,
  });
  render(html`<${Booth} plan=${plan} booth=${booth} link=${link} slot=${session.slot} />`, root);
}

const camera = new Camera();
/** The desk this page works at: its model and its call. */
const seat = signal(/** @type {{ model: DeskModel, call: Call } | null} */ (null));

/** This person is in a colleague's interview. */
const isGuest = signal(false);

/**
 * @param {{ plan: Plan, booth: PlanBooth, slot: string,
 *   link: import("../shared/net.js").Link }} props
 */
function Booth({ plan, booth, link, slot }) {
  const deskKey = `fs_desk_${slot}`;
  /** @param {PlanDesk} desk */
  const sit = (desk) => {
    keep("session", deskKey, desk.desk_id);
    const model = new DeskModel({ link, slot, plan, booth, desk });
    seat.value = { model, call: new Call(model, camera) };
  };
  const stand = () => {
    keep("session", deskKey, null);
    seat.value?.call.stop();
    seat.value?.model.close();
    seat.value = null;
  };
  useEffect(() => {
    const before = booth.desks.find((desk) => desk.desk_id === recall("session", deskKey));
    if (!before) return;
    // The page was loaded again, perhaps in the middle of an interview: straight back to it.
    if (booth.mode !== "onsite") void camera.open();
    sit(before);
  }, []);
  if (!seat.value) return html`<${Setup} booth=${booth} camera=${camera} link=${link} go=${sit} />`;
  if (isGuest.value && invitationOf(link)) {
    return html`<${InvitedRoom} link=${link} camera=${camera} goOut=${() => (isGuest.value = false)} />`;
  }
  return html`<${DeskPage} model=${seat.value.model} call=${seat.value.call} camera=${camera}
    changeDesk=${stand} join=${() => (isGuest.value = true)} />`;
}

/** @param {{ message: string, code: string }} error */
function showTrouble(error) {
  render(html`<main class="entry"><div class="card entry-card"><${Trouble} error=${error} />
    <button class="button primary wide" type="button" onClick=${() => location.reload()}>
      ${t("entry.retry")}</button></div></main>`, root);
}

await loadWords(["/static/shared/words", "/static/booth/words", "/static/questions/words"]);
effect(() => {
  document.title = t("booth.title");
});
await staffEntry({ root, page: "booth", go: openBooth }).catch(showTrouble);
