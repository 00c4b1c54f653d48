// Saying sentences: with the phone's own voice where it has one, else with recordings.
import { signal } from "../vendor/ui.js";
import { lang, t } from "../shared/i18n.js";
import { piecesOf } from "./pieces.js";

/** @typedef {import("./pieces.js").Sentence} Sentence */

/** Nobody can say it here: no voice of this language, and no recordings of it. */
export const isMute = signal(false);

/** Silence between two pieces, and between two sentences; s. */
const GAP_S = 0.02;
const PAUSE_S = 0.35;

let context = /** @type {AudioContext | null} */ (null);
let playing = /** @type {AudioBufferSourceNode[]} */ ([]);
/** Counts up with everything said: what is still loading for an older one is not played. */
let turn = 0;
const sounds = /** @type {Map<string, Promise<AudioBuffer>>} */ (new Map());

/** Allow sound from now on; call it in the handler of a tap. */
export function unlockVoice() {
  if (!window.AudioContext) return;
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
}

/**
 * Say sentences, in place of what is still being said.
 * @param {Sentence[]} sentences
 */
export async function speak(sentences) {
  hush();
  const mine = turn;
  if (!sentences.length) return;
  const voice = ownVoice();
  isMute.value = !voice && lang.value !== "vi";
  if (voice) return sentences.forEach((sentence) => utter(sentence, voice));
  if (isMute.value || !context) return;
  const parts = sentences.map((sentence) => piecesOf(sentence, t(sentence.key)).map(load));
  const loaded = await Promise.all(parts.map((pieces) => Promise.all(pieces)));
  if (mine === turn) play(context, loaded);
}

/** Say no more. */
export function hush() {
  turn += 1;
  window.speechSynthesis?.cancel();
  playing.forEach((source) => source.stop());
  playing = [];
}

/** The phone's voice for the page's language. */
function ownVoice() {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  const fitting = voices.filter((voice) => voice.lang.toLowerCase().startsWith(lang.value));
  // One that needs no network first: it is slow in a full hall.
  return fitting.find((voice) => voice.localService) ?? fitting[0];
}

/**
 * @param {Sentence} sentence
 * @param {SpeechSynthesisVoice} voice
 */
function utter({ key, params }, voice) {
  // As texts: a voice reads "1.234" as two numbers.
  const words = Object.fromEntries(Object.entries(params).map(([name, n]) => [name, String(n)]));
  const utterance = new SpeechSynthesisUtterance(t(key, words));
  Object.assign(utterance, { voice, lang: voice.lang, rate: 0.95 });
  speechSynthesis.speak(utterance);
}

/** @param {string} name */
function load(name) {
  const held = sounds.get(name) ?? fetchSound(name);
  sounds.set(name, held);
  held.catch(() => sounds.delete(name));
  return held;
}

/** @param {string} name */
async function fetchSound(name) {
  const answer = await fetch(`/static/reading/voice/${name}.mp3`);
  if (!answer.ok) throw new Error(name);
  return /** @type {AudioContext} */ (context).decodeAudioData(await answer.arrayBuffer());
}

/**
 * @param {AudioContext} sounding
 * @param {AudioBuffer[][]} sentences
 */
function play(sounding, sentences) {
  let at = sounding.currentTime + 0.05;
  for (const sentence of sentences) {
    for (const buffer of sentence) {
      const source = sounding.createBufferSource();
      source.buffer = buffer;
      source.connect(sounding.destination);
      source.start(at);
      playing.push(source);
      at += buffer.duration + GAP_S;
    }
    at += PAUSE_S;
  }
}
