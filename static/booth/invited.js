/** Asked into a colleague's interview: the question over the page, and the room itself. */
import { html, useEffect } from "../vendor/ui.js";
import { BesideGuestRoom, bringGuestRoom, hasGuestRoom } from "../guest/beside.js";
import { invitationOf } from "../guest/invitation.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { chime } from "../shared/sound.js";
import { Key, keyOf, listenToKeys } from "./keys.js";
import { deskName } from "./plan.js";

/** @param {{ model: import("./model.js").DeskModel, join: () => void }} props */
export function Invitation({ model, join }) {
  const asked = invitationOf(model.link);
  const ticketId = asked?.ticket_id;
  useEffect(() => {
    if (!ticketId) return;
    chime(0.25);
    bringGuestRoom();
  }, [ticketId]);
  if (!asked) return null;
  const desk = model.booth.desks.find((one) => one.desk_id === asked.desk_id);
  const decline = () => model.link.send("remove_guest", { ticket_id: asked.ticket_id }).catch(() => {});
  return html`<section class="invitation" role="alert">
    <p><${Icon} name="users" /><span>${t("invited.words", { desk: deskName(desk), number: String(asked.number) })}${" "}
      ${asked.role === "listener" && t("invited.listen")}</span></p>
    <button class="button primary" type="button" ...${keyOf("G")} disabled=${!hasGuestRoom()}
      onClick=${join}>${t("invited.join")}<${Key} of="G" /></button>
    <button class="button quiet" type="button" onClick=${decline}>${t("invited.decline")}</button>
  </section>`;
}

/**
 * The room, while this person is in it.
 * @param {{ link: import("../shared/net.js").Link, camera: import("./camera.js").Camera, goOut: () => void }} props
 */
export function InvitedRoom({ link, camera, goOut }) {
  const asked = invitationOf(link);
  useEffect(listenToKeys, []);
  useEffect(() => {
    if (!asked) goOut();
    else if (asked.role !== "listener" && !camera.stream.value) void camera.open();
  }, [asked === null]);
  return asked && html`<${BesideGuestRoom} link=${link} camera=${camera} invitation=${asked} goOut=${goOut} />`;
}
