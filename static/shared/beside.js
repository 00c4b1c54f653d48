// What stands beside the picture of an interview (rung, chat, captions): comes with the room, not before.
import { html, signal, useEffect } from "../vendor/ui.js";
import { loadWords } from "./i18n.js";
import { loadStyle } from "./style.js";

const parts = signal(/** @type {typeof import("../talk/parts.js") | null} */ (null));
let asked = false;

/** Before a part that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

async function bring() {
  if (asked) return;
  asked = true;
  try {
    const [found] = await Promise.all([
      import("../talk/parts.js"),
      loadWords(["/static/talk/words"]),
      loadStyle("/static/shared/dialog.css"),
      loadStyle("/static/talk/talk.css"),
    ]);
    parts.value = found;
  } catch {
    asked = false;
    setTimeout(bring, AGAIN_MS);
  }
}

/**
 * One of those parts, as soon as it is there.
 * @param {{ part: "CandidateBeside" | "DeskBeside", room: import("./room.js").Room }
 *   & Record<string, any>} props
 */
export function Beside({ part, ...props }) {
  useEffect(() => void bring(), []);
  const Part = /** @type {any} */ (parts.value?.[part]);
  return Part ? html`<${Part} ...${props} />` : null;
}
