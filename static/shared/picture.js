// A moving picture that keeps its last frame until the next connection shows its first.
import { html, useEffect, useRef, useState } from "../vendor/ui.js";

/**
 * The other end's picture and sound. A new stream loads behind and comes to the front with its
 * first frame, so that a rebuilt connection shows no black.
 * @param {{ stream: MediaStream | null, label: string }} props
 */
export function RemotePicture({ stream, label }) {
  const box = useRef(/** @type {HTMLDivElement | null} */ (null));
  useEffect(() => {
    if (!stream || !box.current) return undefined;
    return bringIn(box.current, stream);
  }, [stream]);
  return html`<div class="picture" ref=${box} role="img" aria-label=${label}></div>`;
}

/** The element of each stream: made ahead of the first picture, so that it is shown at once. */
const videos = /** @type {WeakMap<MediaStream, HTMLVideoElement>} */ (new WeakMap());

/**
 * Make the element that will show a stream; nothing is seen or heard of an empty one.
 * @param {MediaStream} stream
 */
export function videoOf(stream) {
  const made = videos.get(stream);
  if (made) return made;
  const video = document.createElement("video");
  video.autoplay = true;
  video.playsInline = true;
  video.srcObject = stream;
  videos.set(stream, video);
  return video;
}

/** A picture that has not come by then is not waited for; ms. */
const PATIENCE_MS = 300;

/**
 * Whether the first picture of a stream that stands ready is out. All that a page draws before delays it:
 * what is not needed to see it comes after.
 * @param {MediaStream | null} stream
 * @returns {boolean} true from the beginning where nothing stands ready
 */
export function useFirstPicture(stream) {
  const [isOut, setOut] = useState(stream === null);
  useEffect(() => {
    if (!stream) return undefined;
    const video = videoOf(stream);
    const out = () => setOut(true);
    const later = setTimeout(out, PATIENCE_MS);
    const asked = video.requestVideoFrameCallback?.(out);
    return () => {
      clearTimeout(later);
      if (asked !== undefined) video.cancelVideoFrameCallback(asked);
    };
  }, []);
  return isOut;
}

/**
 * @param {HTMLDivElement} box
 * @param {MediaStream} stream
 * @returns {() => void}
 */
function bringIn(box, stream) {
  const video = videoOf(stream);
  const show = () => {
    for (const older of Array.from(box.children)) if (older !== video) older.remove();
  };
  // The newest lies under the older ones until it has a picture.
  box.prepend(video);
  if (video.readyState >= video.HAVE_CURRENT_DATA) show();
  video.addEventListener("loadeddata", show);
  void video.play().catch(() => {});
  return () => video.removeEventListener("loadeddata", show);
}

/**
 * One's own picture, mirrored as in a mirror, without sound.
 * @param {{ stream: MediaStream | null, label: string }} props
 */
export function OwnPicture({ stream, label }) {
  const video = useRef(/** @type {HTMLVideoElement | null} */ (null));
  const track = stream?.getVideoTracks()[0];
  useEffect(() => {
    if (video.current) video.current.srcObject = track ? new MediaStream([track]) : null;
  }, [track]);
  return html`<video class="own-picture" ref=${video} autoplay playsinline muted
    aria-label=${label}></video>`;
}
