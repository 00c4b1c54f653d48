// A recording's parts: they come when somebody asks to record, not before.
import { html, signal, useEffect } from "../vendor/ui.js";
import { loadWords } from "../shared/i18n.js";
import { loadStyle } from "../shared/style.js";

/**
 * @typedef {{ recording_id: string, state: "asked" | "on" | "stopped",
 *   waits_for: ("candidate" | "desk" | "guest")[], keep_days: number,
 *   ended: "declined" | "withdrawn" | "ended" | "not_allowed" | null,
 *   ended_by: "candidate" | "desk" | "guest" | null }} RecordingCell
 */

const parts = signal(/** @type {typeof import("./parts.js") | null} */ (null));
let asked = false;

/** Before a part that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

async function bring() {
  if (asked) return;
  asked = true;
  try {
    const [found] = await Promise.all([
      import("./parts.js"),
      loadWords(["/static/recording/words"]),
      loadStyle("/static/recording/recording.css"),
    ]);
    parts.value = found;
  } catch {
    asked = false;
    setTimeout(bring, AGAIN_MS);
  }
}

/**
 * One of those parts, as soon as it is there.
 * @param {{ part: "RecordingNotice" | "DeskRecording" } & Record<string, any>} props
 */
export function BesideRecording({ part, ...props }) {
  useEffect(() => void bring(), []);
  const Part = /** @type {any} */ (parts.value?.[part]);
  return Part ? html`<${Part} ...${props} />` : null;
}
