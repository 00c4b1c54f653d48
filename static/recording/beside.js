// A recording's parts: they come when somebody asks to record, not before.
import { bundle, later } from "../shared/later.js";

/**
 * @typedef {{ recording_id: string, state: "asked" | "on" | "stopped",
 *   waits_for: ("candidate" | "desk" | "guest")[], keep_days: number,
 *   ended: "declined" | "withdrawn" | "ended" | "not_allowed" | null,
 *   ended_by: "candidate" | "desk" | "guest" | null }} RecordingCell
 */

const recording = bundle(() => import("./parts.js"), "/static/recording/words",
  ["/static/recording/recording.css"]);

/** @param {{ part: "RecordingNotice" | "DeskRecording" } & Record<string, any>} props */
export function BesideRecording({ part, ...props }) {
  return later(recording, part, props);
}
