// How a page calls a person who is not looking: tone, vibration, title, and a screen kept on.
import { signal } from "../vendor/ui.js";

/** Whether a tone would be heard: browsers keep sound quiet until the first tap. */
export const soundOn = signal(false);

/** Made at the first tap: browsers keep sound quiet until then. */
let context = /** @type {AudioContext | null} */ (null);

/** Allow sound from now on; call it in the handler of a tap or key. */
export function unlockSound() {
  const Maker = window.AudioContext;
  if (!Maker) return;
  const sounding = context = context || new Maker();
  const noted = () => (soundOn.value = sounding.state === "running");
  sounding.onstatechange = noted;
  if (sounding.state === "suspended") void sounding.resume();
  noted();
}

/**
 * One rising chime of two notes.
 * @param {number} [loudness] 0 to 1
 */
export function chime(loudness = 0.5) {
  if (!context) return;
  const start = context.currentTime + 0.02;
  [659.25, 880].forEach((pitch, index) => note(/** @type {AudioContext} */ (context), pitch, start + index * 0.22, loudness));
}

/**
 * @param {AudioContext} sounding
 * @param {number} pitch hertz
 * @param {number} at
 * @param {number} loudness
 */
function note(sounding, pitch, at, loudness) {
  const oscillator = sounding.createOscillator();
  const gain = sounding.createGain();
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(loudness, at + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + 0.5);
  oscillator.connect(gain).connect(sounding.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.55);
}

/**
 * Call a person: chime and vibration every two seconds until stopped.
 * @returns {() => void} stops it
 */
export function ring() {
  const once = () => {
    chime();
    navigator.vibrate?.([400, 150, 400]);
  };
  once();
  const timer = setInterval(once, 2_000);
  return () => {
    clearInterval(timer);
    navigator.vibrate?.(0);
  };
}

/**
 * Show a sentence and the page's own title by turns in the tab.
 * @param {string} sentence
 * @returns {() => void} stops it and restores the title
 */
export function flashTitle(sentence) {
  const title = document.title;
  document.title = sentence;
  const timer = setInterval(() => {
    document.title = document.title === sentence ? title : sentence;
  }, 1_000);
  return () => {
    clearInterval(timer);
    document.title = title;
  };
}

/**
 * Keep the screen on while the page is in front, where the browser can.
 * @returns {() => void} lets it sleep again
 */
export function keepAwake() {
  let lock = /** @type {WakeLockSentinel | null} */ (null);
  let wanted = true;
  const take = async () => {
    if (!wanted || document.visibilityState !== "visible" || !navigator.wakeLock) return;
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    if (!wanted) void lock?.release();
  };
  document.addEventListener("visibilitychange", take);
  void take();
  return () => {
    wanted = false;
    document.removeEventListener("visibilitychange", take);
    void lock?.release();
  };
}
