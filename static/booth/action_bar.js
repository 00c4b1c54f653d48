/** The one primary button, the quieter acts beside it, and what went wrong. */
import { html, useEffect, useRef } from "../vendor/ui.js";
import { Trouble } from "../shared/components.js";
import { t } from "../shared/i18n.js";
import { Key, keyOf } from "./keys.js";
import { KEYS, STEPS } from "./next_step.js";

/**
 * @typedef {import("./model.js").DeskModel} DeskModel
 * @typedef {import("./next_step.js").ActName} ActName
 */

/** Words of the button when there is nothing to do but wait. */
const WAITS = /** @type {Record<string, string>} */ ({
  loading: "step.loading",
  ready: "act.wait_ready",
  calling: "act.wait_calling",
});

/** @param {{ model: DeskModel }} props */
export function ActionBar({ model }) {
  const step = model.step.value;
  const { primary, others } = STEPS[step];
  const offline = model.busy.value !== null && model.link.status.value !== "live";
  const over = model.fairCell.value?.state === "closed";
  const offered = model.ticket.value?.hand_over_to;
  const alone = model.booth.mode === "onsite" || model.byPhone || model.ticket.value?.guest;
  const shown = others.filter((name) => !(over && (name === "later" || name === "appoint"))
    && !(name === "hand_over" && (over || offered)) && !(name === "invite" && alone) && !(name === "appoint" && model.ticket.value === null));
  return html`<footer class="action-bar">
    <${Trouble} error=${model.fault.value} />
    ${offline && html`<p class="offline-note" role="status">${t("act.no_network")}</p>`}
    <${Primary} model=${model} name=${primary} wait=${WAITS[step]} />
    ${shown.length > 0 && html`<div class="other-acts">
      ${shown.map((name) => html`<button class="button quiet" type="button" data-act=${name}
        ...${keyOf(KEYS[name])} disabled=${model.settling.value || model.busy.value !== null}
        onClick=${() => model.act(name)}>
        ${t(`act.${name}`)}<${Key} of=${KEYS[name]} /></button>`)}
    </div>`}
  </footer>`;
}

/** @param {{ model: DeskModel, name: ActName | null, wait: string | undefined }} props */
function Primary({ model, name, wait }) {
  const button = useRef(/** @type {HTMLButtonElement | null} */ (null));
  const ready = name !== null && canAct(model, name);
  const held = model.primarySettling.value || model.busy.value !== null;
  useEffect(() => {
    // The button under the finger became one that cannot be undone: the next key press must only
    // bring the focus back (keys.js).
    const bar = button.current;
    if (bar && name === "finish" && document.activeElement === bar) bar.blur();
  }, [name]);
  const word = name === null ? wait ?? "act.wait_ready"
    : name === "save" && !model.draft.value.outcome ? "act.save_first" : `act.${name}`;
  return html`<button class="button primary wide next-right" type="button" id="primary" ref=${button}
    data-act=${name ?? "wait"} data-held=${ready && held} ...${keyOf(name ? KEYS[name] : "")}
    disabled=${!ready || held}
    onClick=${() => name && model.act(name)}>
    <span>${t(word)}</span>${ready && name && html`<${Key} of=${KEYS[name]} />`}
  </button>`;
}

/**
 * @param {DeskModel} model
 * @param {ActName} name
 */
function canAct(model, name) {
  if (name === "save") return model.draft.value.outcome !== null;
  const over = model.fairCell.value?.state === "closed";
  return !(over && (name === "open" || name === "resume" || name === "next"));
}
