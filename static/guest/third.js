// The third person's picture and what everybody is told of it: the same words on every page.
import { html } from "../vendor/ui.js";
import { Icon } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { RemotePicture } from "../shared/picture.js";

/**
 * @typedef {import("./leg.js").GuestCell} GuestCell
 * @typedef {import("./leg.js").Room} Room
 * @typedef {import("./leg.js").WhoComes} WhoComes
 */

const ICONS = { colleague: "users", interpreter: "languages", listener: "info" };

/**
 * The picture, or where there is none who is there all the same.
 * @param {{ room: Room | null, guest: GuestCell, who: WhoComes | null }} props
 */
export function ThirdPicture({ room, guest, who }) {
  const name = who?.display_name ?? "";
  const state = room?.state.value;
  const seen = guest.role !== "listener" && room?.remote.value && (state === "live" || state === "lost");
  return html`<figure class=${`third ${guest.role}`}>
    ${seen && html`<${RemotePicture} stream=${room?.remote.value} label=${name} />`}
    <figcaption><${Icon} name=${ICONS[guest.role]} />
      <span><b>${name}</b> · ${t(`guest.${guest.role}`)}
        <small role="status">${standing(guest, state)}</small></span></figcaption>
  </figure>`;
}

/**
 * @param {GuestCell} guest
 * @param {string | undefined} state
 */
function standing(guest, state) {
  if (guest.state === "invited") return t("guest.asked");
  if (!guest.joined) return t("guest.awaited");
  if (guest.leg.answering_state === "left" || guest.leg.offering_state === "left") return t("guest.away");
  if (guest.role === "listener") return t("guest.listens");
  return state === "live" ? t("guest.here") : t("guest.connecting");
}
