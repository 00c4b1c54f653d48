// Records what the desk sees and hears of an interview, and sends it while it is made.
import { signal } from "../vendor/ui.js";
import { Upload } from "./upload.js";

/** What browsers record, the first that this one can. */
const KINDS = {
  video: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};
/** About what the picture of a phone has: an hour is 0.4 GB. */
const RATES = { videoBitsPerSecond: 800_000, audioBitsPerSecond: 64_000 };
/** A piece is handed over so often; what a page that dies loses at most; ms. */
const SLICE_MS = 2_000;

/** Files that have not come to the server whole. */
export const unsent = signal(0);

addEventListener("beforeunload", (event) => {
  if (unsent.value > 0) event.preventDefault();
});

/** One recording: the other's picture, and the sound of both mixed. */
export class Recorder {
  /**
   * @param {string} fairId
   * @param {string} recordingId
   */
  constructor(fairId, recordingId) {
    this.recordingId = recordingId;
    this.path = `/api/fairs/${fairId}/recordings/${recordingId}/files`;
    this.tracks = "";
    this.media = /** @type {MediaRecorder | null} */ (null);
    this.sound = /** @type {AudioContext | null} */ (null);
  }

  /**
   * Record this picture and sound from now on, or nothing for now when `remote` is null. A picture
   * that was made anew begins a file of its own.
   * @param {MediaStream | null} remote
   * @param {MediaStream | null} own
   */
  follow(remote, own) {
    if (!remote) {
      if (this.media?.state === "recording") this.media.pause();
      return;
    }
    const tracks = [...remote.getTracks(), ...(own?.getAudioTracks() ?? [])].map((one) => one.id).join(" ");
    if (tracks !== this.tracks) this.#begin(remote, own, tracks);
    else if (this.media?.state === "paused") this.media.resume();
  }

  /** End the file; what is not sent yet goes on to the server. */
  stop() {
    if (this.media && this.media.state !== "inactive") this.media.stop();
    void this.sound?.close();
    this.media = this.sound = null;
    this.tracks = "";
  }

  /**
   * @param {MediaStream} remote
   * @param {MediaStream | null} own
   * @param {string} tracks
   */
  #begin(remote, own, tracks) {
    this.stop();
    this.tracks = tracks;
    const sound = (this.sound = new AudioContext());
    const mixed = sound.createMediaStreamDestination();
    for (const one of [remote, own]) {
      const voices = one?.getAudioTracks() ?? [];
      if (voices.length) sound.createMediaStreamSource(new MediaStream(voices)).connect(mixed);
    }
    const pictures = remote.getVideoTracks();
    const kinds = KINDS[pictures.length ? "video" : "audio"];
    const mimeType = kinds.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
    const whole = new MediaStream([...pictures, ...mixed.stream.getTracks()]);
    const media = new MediaRecorder(whole, { mimeType, ...RATES });
    const upload = new Upload(this.path, media.mimeType || mimeType);
    unsent.value += 1;
    void upload.done.finally(() => (unsent.value -= 1));
    media.ondataavailable = ({ data }) => upload.add(data);
    media.onstop = () => upload.finish();
    media.start(SLICE_MS);
    this.media = media;
  }
}
