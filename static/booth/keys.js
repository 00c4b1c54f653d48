/**
 * The booth's keyboard: Space or Enter for the next right thing, and the key that each button
 * carries, wherever no field has the focus. Single keys can be switched off (WCAG 2.1.4).
 */
import { html, signal } from "../vendor/ui.js";
import { keep, recall } from "../shared/keep.js";

const OFF = "fs_keys_off";

/** Whether single keys work; remembered on this computer. */
export const keysOn = signal(recall("local", OFF) === null);

/** @param {boolean} on */
export function setKeys(on) {
  keysOn.value = on;
  keep("local", OFF, on ? null : "1");
}

/**
 * What a button says of its key; nothing while keys are off.
 * @param {string} key
 */
export function keyOf(key) {
  return key && keysOn.value ? { "data-key": key, "aria-keyshortcuts": key } : {};
}

/** The key as it is seen on its button. @param {{ of: string }} props */
export function Key({ of }) {
  return of && keysOn.value ? html`<kbd class="key" aria-hidden="true">${of}</kbd>` : null;
}

/**
 * Listen until stopped.
 * @returns {() => void}
 */
export function listenToKeys() {
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  if (isTyping(event) || document.querySelector("dialog[open]")) return;
  if (event.key === " " || event.key === "Enter") press(event, document.getElementById("primary"));
  else if (keysOn.value) press(event, document.querySelector(`button[data-key="${nameOf(event)}"]`));
}

/**
 * The key's name, also where an input method or another alphabet makes something else of it.
 * @param {KeyboardEvent} event
 */
function nameOf({ key, code }) {
  if (/^[a-z]$/i.test(key)) return key.toUpperCase();
  if (key === "?" || /^[1-7]$/.test(key)) return key;
  return /^Key[A-Z]$/.test(code) ? code.slice(3) : "none";
}

/** @param {KeyboardEvent} event */
function isTyping({ target, key }) {
  if (!(target instanceof Element)) return false;
  if (target.closest("input, textarea, select, [contenteditable]")) return true;
  // A focused button or link acts on Space and Enter by itself.
  return (key === " " || key === "Enter") && target.closest("button, a, summary") !== null;
}

/**
 * Press a button. What cannot be undone takes a second press: the first only brings the focus to it.
 * @param {KeyboardEvent} event
 * @param {Element | null} button
 */
function press(event, button) {
  if (!(button instanceof HTMLButtonElement) || button.disabled) return;
  event.preventDefault();
  const asked = button.dataset["act"] !== "finish" || document.activeElement === button;
  button.focus();
  if (asked) button.click();
}
