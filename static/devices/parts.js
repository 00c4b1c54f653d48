// The machines of a booth; a staff page loads this when somebody asks for it.
import { loadWords } from "../shared/i18n.js";
import { loadStyle } from "../shared/style.js";

export { DevicesDialog } from "./devices.js";

/** Its words and its styles. */
export async function ready() {
  await Promise.all([loadWords(["/static/devices/words"]), loadStyle("/static/devices/devices.css")]);
}
