// The person's own camera and microphone: opened in the tap that accepts, closed after.
import { signal } from "../vendor/ui.js";
import { openMedia, stopMedia } from "../shared/media.js";

/** @typedef {import("../shared/media.js").OpenedMedia} OpenedMedia */

/** What is open, or null before it was asked for. */
export const ownMedia = signal(/** @type {OpenedMedia | null} */ (null));

let asking = /** @type {Promise<OpenedMedia> | null} */ (null);

/** Open camera and microphone, once, however many parts of the page ask. */
export function askForMedia() {
  asking = asking || openMedia().then((opened) => {
    ownMedia.value = opened;
    return opened;
  });
  return asking;
}

/**
 * Open them at the call where the person has allowed it before: no question comes up then, and
 * nobody gets the picture before the answer.
 */
export async function openWhereAllowed() {
  const names = /** @type {PermissionName[]} */ (["camera", "microphone"]);
  try {
    const found = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
    if (found.every(({ state }) => state === "granted")) await askForMedia();
  } catch {
    // This browser cannot say: the tap that answers will ask.
  }
}

/** Ask again after a refusal or with another device. */
export function askAgain() {
  dropMedia();
  return askForMedia();
}

/** Let go of camera and microphone. */
export function dropMedia() {
  const before = asking;
  asking = null;
  ownMedia.value = null;
  void before?.then(({ stream }) => stopMedia(stream));
}
