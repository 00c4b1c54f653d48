/** Asked into a colleague's interview: the question over the page, and the room itself. */
import { html, signal, useEffect } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { loadWords, t } from "../shared/i18n.js";
import { loadStyle } from "../shared/style.js";
import { chime } from "../shared/sound.js";
import { Key, keyOf, listenToKeys } from "./keys.js";
import { deskName } from "./plan.js";

/** The room's parts, loaded when somebody is asked for the first time. */
const parts = signal(/** @type {typeof import("../guest/guest_room.js") | null} */ (null));

async function bring() {
  const [found] = await Promise.all([
    import("../guest/guest_room.js"), loadWords(["/static/guest/words"]), loadStyle("/static/guest/guest.css"),
  ]);
  parts.value = found;
}

/**
 * The interview that this person is asked into, if any.
 * @param {import("../shared/net.js").Link} link
 * @returns {import("../guest/guest_room.js").Invitation | null}
 */
export function invitation(link) {
  const cells = link.cells("guest").value;
  const key = Object.keys(cells).find((one) => one.startsWith("guest/"));
  return key ? cells[key] : null;
}

/** @param {{ model: import("./model.js").DeskModel, join: () => void }} props */
export function Invitation({ model, join }) {
  const asked = invitation(model.link);
  const ticketId = asked?.ticket_id;
  useEffect(() => {
    if (!ticketId) return;
    chime(0.25);
    void bring();
  }, [ticketId]);
  if (!asked) return null;
  const desk = model.booth.desks.find((one) => one.desk_id === asked.desk_id);
  const decline = () => model.link.send("remove_guest", { ticket_id: asked.ticket_id }).catch(() => {});
  return html`<section class="invitation" role="alert">
    <p><${Icon} name="users" /><span>${t("invited.words", { desk: deskName(desk), number: String(asked.number) })}
      ${asked.role === "listener" && t("invited.listen")}</span></p>
    <button class="button primary" type="button" ...${keyOf("G")} disabled=${parts.value === null}
      onClick=${join}>${t("invited.join")}<${Key} of="G" /></button>
    <button class="button quiet" type="button" onClick=${decline}>${t("invited.decline")}</button>
  </section>`;
}

/**
 * The room, while this person is in it.
 * @param {{ link: import("../shared/net.js").Link, camera: import("./camera.js").Camera, goOut: () => void }} props
 */
export function InvitedRoom({ link, camera, goOut }) {
  const asked = invitation(link);
  const Room = parts.value?.GuestRoom;
  useEffect(listenToKeys, []);
  useEffect(() => {
    if (!asked) goOut();
    else if (asked.role !== "listener" && !camera.stream.value) void camera.open();
  }, [asked === null]);
  return asked && Room ? html`<${Room} link=${link} camera=${camera} invitation=${asked} goOut=${goOut} />` : null;
}
