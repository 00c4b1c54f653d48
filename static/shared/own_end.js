// How this end's camera and page are, to tell the other person in words.

/** @typedef {import("./talk.js").CameraState} CameraState */

/**
 * Whether the camera's picture goes out, and if not, who stopped it.
 * @param {MediaStream | null} stream
 * @returns {CameraState}
 */
export function cameraOf(stream) {
  const track = stream?.getVideoTracks()[0];
  if (!track) return "none";
  if (!track.enabled) return "off";
  return track.muted || track.readyState === "ended" ? "paused" : "on";
}

/** Whether the person has another app or page in front. */
export const isHidden = () => document.visibilityState === "hidden";

/**
 * Hear at once of a camera that the system stops or gives back, and of a page that goes out of sight:
 * a phone lets the page do nothing more a moment later.
 * @param {() => MediaStream | null} getStream
 * @param {() => void} changed
 * @returns {{ renew: () => void, stop: () => void }} `renew` follows another stream
 */
export function followEnd(getStream, changed) {
  let track = /** @type {MediaStreamTrack | undefined} */ (undefined);
  const events = ["mute", "unmute", "ended"];
  const renew = () => {
    const next = getStream()?.getVideoTracks()[0];
    if (next === track) return;
    events.forEach((name) => track?.removeEventListener(name, changed));
    track = next;
    events.forEach((name) => track?.addEventListener(name, changed));
  };
  document.addEventListener("visibilitychange", changed);
  renew();
  return {
    renew,
    stop() {
      document.removeEventListener("visibilitychange", changed);
      events.forEach((name) => track?.removeEventListener(name, changed));
    },
  };
}

/**
 * Whether the network is slow, or its owner counts the bytes: such a call begins with sound only.
 * @returns {boolean} false where the browser does not say
 */
export function isThrifty() {
  const { connection } = /** @type {{ connection?: { saveData?: boolean, effectiveType?: string } }} */ (navigator);
  return connection?.saveData === true || ["slow-2g", "2g", "3g"].includes(connection?.effectiveType ?? "");
}
