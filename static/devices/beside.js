// The dialog about a booth's machines comes when it is asked for, not before.
import { html, useEffect, useState } from "../vendor/ui.js";

/** Before a part that did not come is asked for again; ms. */
const AGAIN_MS = 2_000;

/**
 * The dialog, as soon as it is there.
 * @param {{ fairId: string, booth: { booth_id: string, number: string }, close: () => void }} props
 */
export function BesideDevices(props) {
  const [parts, setParts] = useState(/** @type {typeof import("./parts.js") | null} */ (null));
  useEffect(() => {
    let timer = 0;
    const bring = async () => {
      try {
        const found = await import("./parts.js");
        await found.ready();
        setParts(found);
      } catch {
        timer = setTimeout(bring, AGAIN_MS);
      }
    };
    void bring();
    return () => clearTimeout(timer);
  }, []);
  return parts && html`<${parts.DevicesDialog} ...${props} />`;
}
