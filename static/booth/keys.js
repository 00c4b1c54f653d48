/** The booth's keyboard: Space or Enter, 1 to 7, P and M, wherever no field has the focus. */
import { OUTCOMES, STEPS } from "./next_step.js";

/**
 * Listen until stopped.
 *
 * @param {import("./model.js").DeskModel} model
 * @param {import("./camera.js").Camera} camera
 * @returns {() => void}
 */
export function listenToKeys(model, camera) {
  /** @param {KeyboardEvent} event */
  const pressed = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || isTyping(event)) return;
    if (document.querySelector("dialog[open]")) return;
    const digit = Number(event.key);
    if (event.key === " " || event.key === "Enter") pressPrimary(event);
    else if (digit >= 1 && digit <= 7) choose(model, OUTCOMES[digit - 1]);
    else if (event.code === "KeyP") pause(model);
    else if (event.code === "KeyM" && camera.stream.value) camera.toggleMic();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

/** @param {KeyboardEvent} event */
function isTyping({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select")) return true;
  // A focused button or link acts on Space and Enter by itself.
  return (key === " " || key === "Enter") && target.closest("button, a, summary") !== null;
}

/**
 * The primary button, from anywhere. What cannot be undone takes a second press: the first only
 * brings the focus to it.
 * @param {KeyboardEvent} event
 */
function pressPrimary(event) {
  const button = document.getElementById("primary");
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  event.preventDefault();
  button.focus();
  if (button.dataset["act"] !== "finish") button.click();
}

/**
 * @param {import("./model.js").DeskModel} model
 * @param {string | undefined} outcome
 */
function choose(model, outcome) {
  if (model.step.value === "outcome" && outcome) model.edit({ outcome });
}

/** @param {import("./model.js").DeskModel} model */
function pause(model) {
  const { primary, others } = STEPS[model.step.value];
  if (others.includes("pause")) void model.act("pause");
  else if (primary === "resume") void model.act("resume");
}
