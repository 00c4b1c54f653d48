// The person's own camera and microphone: opened in the tap that accepts, closed after.
import { computed, signal } from "../vendor/ui.js";
import { foresee, openMedia, stopMedia } from "../shared/media.js";
import { me } from "./state.js";

/** @typedef {import("../shared/media.js").OpenedMedia} OpenedMedia */

/** What is open, or null before it was asked for. */
export const ownMedia = signal(/** @type {OpenedMedia | null} */ (null));

/** What can be known without asking the person for anything. */
const foreseen = signal(/** @type {import("../shared/media.js").Trouble | null} */ (null));

/** Why there is no picture and whether there may be sound; null while nothing speaks against it. */
export const mediaTrouble = computed(() => {
  const opened = ownMedia.value;
  if (!opened) return foreseen.value;
  return opened.video ? null : { fault: opened.fault, audio: opened.audio };
});

/** Look whether the camera will open, without a question to the person. */
export async function lookAhead() {
  foreseen.value = await foresee();
}

let asking = /** @type {Promise<OpenedMedia> | null} */ (null);

/**
 * Open camera and microphone, once, however many parts of the page ask.
 * @param {string} [way] how the person talks; who talks by sound only is asked for no camera
 */
export function askForMedia(way = me.value?.way) {
  const want = way === "audio" ? { video: false } : {};
  asking = asking || openMedia(want).then((opened) => {
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
  return askForMedia("video");
}

/** Let go of camera and microphone. */
export function dropMedia() {
  const before = asking;
  asking = null;
  ownMedia.value = null;
  void before?.then(({ stream }) => stopMedia(stream));
}
