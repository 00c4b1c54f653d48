// Camera and microphone, with honest fall-backs: picture and sound, sound only, nothing.

/**
 * @typedef {"missing" | "refused" | "none" | "busy"} MediaFault
 * `missing`: this browser has no camera interface (in-app browsers, plain http);
 * `refused`: the person or the system said no; `none`: no such device; `busy`: in use elsewhere.
 * @typedef {{ stream: MediaStream | null, audio: boolean, video: boolean,
 *   fault: MediaFault | null }} OpenedMedia
 */

/**
 * A phone starts small; it suits a weak link and a cheap phone. What is sent has fewer pictures a
 * second (`encoding.js`); the camera takes twice as many so that the first one is not waited for.
 */
export const SMALL = Object.freeze({
  width: { ideal: 480 }, height: { ideal: 360 }, frameRate: { ideal: 30, max: 30 },
});

const SOUND = Object.freeze({ echoCancellation: true, noiseSuppression: true, autoGainControl: true });

/** Whether this browser can open a camera at all. */
export function canOpenMedia() {
  // Absent on plain http and in some in-app browsers, whatever the types say.
  return "mediaDevices" in navigator && "RTCPeerConnection" in window;
}

/**
 * Open camera and microphone, or what there is of them. `fault` says why something is missing.
 * @param {{ video?: MediaTrackConstraints | boolean, audio?: MediaTrackConstraints | boolean }} [want]
 * @returns {Promise<OpenedMedia>} never rejects
 */
export async function openMedia({ video = SMALL, audio = SOUND } = {}) {
  if (!canOpenMedia()) return { stream: null, audio: false, video: false, fault: "missing" };
  const tries = [{ video, audio }, { video: false, audio }, { video, audio: false }];
  let fault = /** @type {MediaFault | null} */ (null);
  for (const constraints of tries.filter((one) => one.video || one.audio)) {
    try {
      return opened(await navigator.mediaDevices.getUserMedia(constraints), fault);
    } catch (error) {
      fault = fault || classify(error);
    }
  }
  return { stream: null, audio: false, video: false, fault };
}

/**
 * @typedef {{ fault: MediaFault | null, audio: boolean }} Trouble
 * `fault` is null where no camera was asked for; `audio`: sound may still be had.
 */

/**
 * Find out, without asking anybody, why there will be no picture; null while there may be one.
 * @returns {Promise<Trouble | null>}
 */
export async function foresee() {
  if (!canOpenMedia()) return { fault: "missing", audio: false };
  try {
    const names = /** @type {PermissionName[]} */ (["camera", "microphone"]);
    const [camera, mic] = await Promise.all(names.map((name) => navigator.permissions.query({ name })));
    if (camera.state === "denied") return { fault: "refused", audio: mic.state !== "denied" };
  } catch {
    // This browser cannot say: it will when it is asked.
  }
  try {
    const kinds = (await navigator.mediaDevices.enumerateDevices()).map(({ kind }) => kind);
    if (!kinds.includes("videoinput")) return { fault: "none", audio: kinds.includes("audioinput") };
  } catch {
    // The same.
  }
  return null;
}

/**
 * @param {MediaStream} stream
 * @param {MediaFault | null} fault
 * @returns {OpenedMedia}
 */
function opened(stream, fault) {
  return {
    stream,
    audio: stream.getAudioTracks().length > 0,
    video: stream.getVideoTracks().length > 0,
    fault,
  };
}

/**
 * Why a camera did not open.
 * @param {unknown} error
 * @returns {MediaFault}
 */
export function classify(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  if (name === "TypeError") return "missing";
  return "none";
}

/**
 * Open the other camera of a phone (front and back), or the next one of a computer.
 * @param {MediaStream} stream the stream in use; its picture track is stopped and replaced
 * @returns {Promise<boolean>} false when there is no other camera
 */
export async function switchCamera(stream) {
  const old = stream.getVideoTracks()[0];
  const cameras = (await navigator.mediaDevices.enumerateDevices())
    .filter((device) => device.kind === "videoinput");
  if (!old || cameras.length < 2) return false;
  const used = cameras.findIndex((camera) => camera.deviceId === old.getSettings().deviceId);
  const next = cameras[(used + 1) % cameras.length];
  // Cheap phones cannot hold two cameras open: let go of the first one before.
  old.stop();
  stream.removeTrack(old);
  const fresh = await navigator.mediaDevices.getUserMedia({
    video: { ...SMALL, deviceId: { exact: next.deviceId } },
  });
  stream.addTrack(fresh.getVideoTracks()[0]);
  return true;
}

/**
 * Let go of camera and microphone.
 * @param {MediaStream | null} stream
 */
export function stopMedia(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}

/** How loud a microphone is, for "can you be heard". */
export class Meter {
  /** @param {MediaStream} stream */
  constructor(stream) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 512;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
  }

  /** Loudness now, from 0 to 1. */
  level() {
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.min(1, Math.sqrt(power / this.samples.length) * 4);
  }

  /** Let go of the sound hardware. */
  close() {
    return this.context.close();
  }
}
