/** This computer's camera and microphone, opened once and used for every interview. */
import { signal } from "../vendor/ui.js";
import { openMedia, stopMedia } from "../shared/media.js";

/** A laptop's picture: larger than a phone's, still small for the network. */
const PICTURE = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30, max: 30 } };

/** The recruiter's own picture and sound. */
export class Camera {
  constructor() {
    this.stream = signal(/** @type {MediaStream | null} */ (null));
    /** Why something is missing, in the words of ``media.js``. */
    this.fault = signal(/** @type {import("../shared/media.js").MediaFault | null} */ (null));
    /** What was unplugged, or taken by another program, while it was used. */
    this.gone = signal(/** @type {"camera" | "mic" | null} */ (null));
    this.opening = signal(false);
    this.micOn = signal(true);
    this.pictureOn = signal(true);
  }

  /** Ask for both; takes what there is. */
  async open() {
    this.opening.value = true;
    const opened = await openMedia({ video: PICTURE });
    stopMedia(this.stream.value);
    this.stream.value = opened.stream;
    this.fault.value = opened.fault;
    this.gone.value = null;
    for (const track of opened.stream?.getTracks() ?? []) track.onended = () => this.#lost(track);
    this.micOn.value = opened.audio;
    this.pictureOn.value = opened.video;
    this.opening.value = false;
  }

  /** A device went away by itself; the rest goes on. @param {MediaStreamTrack} track */
  #lost(track) {
    if (!this.stream.value?.getTracks().includes(track)) return;
    const left = this.stream.value.getTracks().filter((one) => one !== track);
    this.stream.value = left.length ? new MediaStream(left) : null;
    if (track.kind === "video") this.pictureOn.value = false;
    else this.micOn.value = false;
    this.gone.value = track.kind === "video" ? "camera" : "mic";
  }

  /** Mute or unmute; the track stays, so nothing is negotiated anew. */
  toggleMic() {
    this.micOn.value = flip(this.stream.value?.getAudioTracks() ?? []);
  }

  /** Show or hide the own picture. */
  togglePicture() {
    this.pictureOn.value = flip(this.stream.value?.getVideoTracks() ?? []);
  }
}

/**
 * @param {MediaStreamTrack[]} tracks
 * @returns {boolean} whether they are on now
 */
function flip(tracks) {
  for (const track of tracks) track.enabled = !track.enabled;
  return tracks.some((track) => track.enabled);
}
