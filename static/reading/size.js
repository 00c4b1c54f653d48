// The size of all letters; everything on the page is measured in them.
import { signal } from "../vendor/ui.js";
import { keep, recall } from "../shared/keep.js";

const KEY = "fs_text";

export const SIZES = [100, 125, 150, 200];

/** Percent of the size that the phone asks for. */
export const size = signal(100);

/** @param {number} percent */
export function setSize(percent) {
  size.value = SIZES.includes(percent) ? percent : 100;
  keep("local", KEY, size.value === 100 ? null : String(size.value));
  const root = document.documentElement;
  if (size.value === 100) delete root.dataset.text;
  else root.dataset.text = String(size.value);
}

setSize(Number(recall("local", KEY) ?? 100));
