// What stands beside the picture of an interview (rung, chat, captions): comes with the room, not before.
import { bundle, later } from "./later.js";

const talk = bundle(() => import("../talk/parts.js"), "/static/talk/words",
  ["/static/shared/dialog.css", "/static/talk/talk.css"]);

/**
 * @param {{ part: "CandidateBeside" | "DeskBeside" | "CheckButton", room: import("./room.js").Room }
 *   & Record<string, any>} props
 */
export function Beside({ part, ...props }) {
  return later(talk, part, props);
}
