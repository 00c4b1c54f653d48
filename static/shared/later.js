// Parts of a page that come when somebody needs them, not before: code, words and styles together.
import { html, signal, useEffect } from "../vendor/ui.js";
import { loadWords } from "./i18n.js";
import { loadStyle } from "./style.js";

/**
 * @typedef {{ load: () => Promise<Record<string, any>>, words: string, styles: string[],
 *   parts: import("../vendor/ui.js").Signal<Record<string, any> | null>, asked: boolean }} Bundle
 * `parts` is null until they are there.
 */

/** Before a bundle that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

/**
 * Name parts that belong together; nothing is loaded yet.
 * @param {Bundle["load"]} load
 * @param {string} words the folder of their catalogues
 * @param {string[]} styles
 * @returns {Bundle}
 */
export const bundle = (load, words, styles) =>
  ({ load, words, styles, parts: signal(null), asked: false });

/**
 * Load a bundle, once, and try again for as long as it does not come.
 * @param {Bundle} wanted
 */
export async function bring(wanted) {
  if (wanted.asked) return;
  wanted.asked = true;
  try {
    const [found] = await Promise.all([
      wanted.load(), loadWords([wanted.words]), ...wanted.styles.map(loadStyle)]);
    wanted.parts.value = found;
  } catch {
    wanted.asked = false;
    setTimeout(bring, AGAIN_MS, wanted);
  }
}

/**
 * One of a bundle's parts as soon as it is there, null until then; a hook, as `useEffect` is.
 * @param {Bundle} from
 * @param {string} name
 * @param {object} [props]
 */
export function later(from, name, props = {}) {
  useEffect(() => void bring(from), []);
  const Part = from.parts.value?.[name];
  return Part ? html`<${Part} ...${props} />` : null;
}
