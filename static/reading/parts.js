// Large letters and reading aloud; a page loads it when somebody asks for it, or had asked before.
import { loadWords } from "../shared/i18n.js";
import { loadStyle } from "../shared/style.js";
import "./size.js";

export { Panel } from "./panel.js";

/** Its words and its styles. */
export async function ready() {
  await Promise.all([loadWords(["/static/reading/words"]), loadStyle("/static/reading/reading.css")]);
}
