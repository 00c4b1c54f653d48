// What two people tell each other beside picture and sound: chat, captions, how each end is doing.
//
// It goes over the connection's data channel and, while that is down, through the server, which
// passes it on and keeps nothing. Each chat line is sent again until the other end has said that it
// came, so that a connection thrown away loses none.
import { signal } from "../vendor/ui.js";
import { randomName } from "./keep.js";
import { RUNGS } from "./ladder.js";

/**
 * @typedef {import("./ladder.js").Rung} Rung
 * @typedef {"on" | "off" | "paused" | "none"} CameraState
 * `off`: by the person; `paused`: by the system, with another app in front or another call
 * @typedef {{ sends: Rung, asks: Rung, chosen: boolean, camera: CameraState, hidden: boolean,
 *   concealed: number, queues: boolean, carries: number, stale: boolean, missed: number }} EndState
 * What an end sends and wants sent at most, whether a person chose that, whether its page is out
 * of sight, the share of the other's sound that it had to make up, whether what comes stands in a
 * queue, how much gets through that, bit/s (0: not known), whether the sound waits too long here, and
 * what its microphone missed since the connection began, ms
 * @typedef {{ id: string, mine: boolean, text: string, arrived: boolean }} ChatLine
 * @typedef {{ done: string[], live: string }} Captions finished lines, and the one being typed
 */

/** Of one chat line or caption. */
export const MOST_CHARACTERS = 500;
/** Kept on the page. */
const MOST_LINES = 200;
const CAPTION_LINES = 2;
/** No link of a page carries more; bit/s. */
const MOST_CARRIED = 1e9;
/** Nor lasts an interview so long; ms. */
const MOST_MISSED = 1e8;
/** What an end says of itself is repeated so often; where it may be all that is sent, it is the
 * sign of life; ms. */
const STATE_MS = 1_000;
const ALONE_MS = 450;
/** A chat line that is not confirmed by then is sent again; ms. */
const AGAIN_MS = 3_000;
/** Captions grow on the other's page so often while somebody types; ms. */
const CAPTION_MS = 400;
/** Lines a second and at once: of ours, and of what is taken from the other end. */
const OURS = [1, 5];
const THEIRS = [8, 40];
/** Of everything that comes, also how the other end is: it changes with what its person does. */
const SIGNS = [50, 200];
/** Characters of the longest message; no honest end sends more. */
const MOST_RAW = 4_000;
/** Control characters, and those that change the direction of reading. */
const ORDERS = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** So many a second, and so many at once. */
export class Allowance {
  /**
   * @param {number} rate a second
   * @param {number} burst
   */
  constructor(rate, burst) {
    this.rate = rate;
    this.burst = burst;
    this.left = burst;
    this.at = 0;
  }

  /** @param {number} now ms */
  take(now) {
    this.left = Math.min(this.burst, this.left + (Math.max(0, now - this.at) / 1000) * this.rate);
    this.at = now;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}

/** One interview's talk, over all its connections. */
export class Talk {
  /**
   * @param {{ direct: (text: string) => boolean, post: (text: string) => void,
   *   clock?: () => number }} ways `direct` says whether it could
   */
  constructor({ direct, post, clock = Date.now }) {
    this.lines = signal(/** @type {ChatLine[]} */ ([]));
    /** Captions that the other end types, and those typed here. */
    this.captions = signal(/** @type {Captions} */ ({ done: [], live: "" }));
    this.ownCaptions = signal(/** @type {Captions} */ ({ done: [], live: "" }));
    /** What the other end last said of itself; null before. */
    this.other = signal(/** @type {EndState | null} */ (null));
    this.direct = direct;
    this.post = post;
    this.clock = clock;
    this.ours = new Allowance(OURS[0], OURS[1]);
    this.theirs = new Allowance(THEIRS[0], THEIRS[1]);
    this.signs = new Allowance(SIGNS[0], SIGNS[1]);
    /** When each line that is not confirmed was last sent; ms. */
    this.unconfirmed = /** @type {Map<string, number>} */ (new Map());
    this.told = "";
    this.toldMissed = 0;
    this.toldAt = -Infinity;
    this.captionAt = -Infinity;
    this.captionLater = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  }

  /**
   * Write a line to the other person.
   * @param {string} text
   * @returns {boolean} false when it is empty or too much at once
   */
  write(text) {
    const line = bounded(text);
    if (!line || !this.ours.take(this.clock())) return false;
    const id = randomName("c");
    this.#show({ id, mine: true, text: line, arrived: false });
    this.#sendLine(id, line);
    return true;
  }

  /**
   * Show what is typed as a caption on the other's page.
   * @param {string} text
   * @param {boolean} done the line is finished
   */
  caption(text, done) {
    clearTimeout(this.captionLater);
    const line = bounded(text);
    this.ownCaptions.value = grown(this.ownCaptions.value, line, done);
    const wait = done ? 0 : Math.max(0, this.captionAt + CAPTION_MS - this.clock());
    const send = () => {
      this.captionAt = this.clock();
      this.#send({ kind: "caption", text: line, done });
    };
    if (wait) this.captionLater = setTimeout(send, wait);
    else send();
  }

  /** Tell the other end how this one is: at once what changed, the rest in its time. @param {EndState} state */
  tell(state) {
    const { concealed, carries, missed, ...lasting } = state; // these change all the time
    const text = JSON.stringify(lasting);
    const now = this.clock();
    const isNews = text !== this.told;
    const isAlone = state.sends === "text" || (state.sends === "audio" && state.camera === "none");
    const isDue = missed !== this.toldMissed || now - this.toldAt >= (isAlone ? ALONE_MS : STATE_MS);
    if (!isNews && !isDue) return;
    const message = JSON.stringify({ kind: "state", ...state, concealed: thousandths(concealed) });
    if (!this.direct(message)) {
      if (!isNews) return;
      this.post(message);
    }
    this.told = text;
    this.toldMissed = missed;
    this.toldAt = now;
  }

  /** Say everything of this end again: another connection, or another page at the other end. */
  renew() {
    this.told = "";
    for (const id of this.unconfirmed.keys()) this.unconfirmed.set(id, -Infinity);
    this.again();
  }

  /** Send what was not confirmed in time once more. */
  again() {
    const now = this.clock();
    for (const [id, sentAt] of this.unconfirmed) {
      const line = this.lines.value.find((one) => one.id === id);
      if (!line) this.unconfirmed.delete(id);
      else if (now - sentAt >= AGAIN_MS) this.#sendLine(id, line.text, sentAt > 0);
    }
  }

  /** Let go of what still waits. */
  close() {
    clearTimeout(this.captionLater);
  }

  /** What came from the other end, by whichever way. @param {string} raw */
  heard(raw) {
    if (!this.signs.take(this.clock())) return;
    const message = raw.length <= MOST_RAW && read(raw);
    if (!message) return;
    if (message.kind === "state") this.other.value = stateOf(message);
    else if (message.kind === "got") this.#confirmed(String(message.id));
    else if (this.theirs.take(this.clock())) this.#saidToUs(message);
  }

  /** @param {Record<string, unknown>} message */
  #saidToUs({ kind, id, text, done }) {
    const line = bounded(text);
    if (kind === "caption") this.captions.value = grown(this.captions.value, line, done === true);
    if (kind !== "chat" || typeof id !== "string" || id.length > 64 || !line) return;
    this.#send({ kind: "got", id });
    if (this.lines.value.some((one) => one.id === id)) return;
    this.#show({ id, mine: false, text: line, arrived: true });
  }

  /**
   * @param {string} id
   * @param {string} text
   * @param {boolean} [byPost] the straight way has failed once
   */
  #sendLine(id, text, byPost = false) {
    this.unconfirmed.set(id, this.clock());
    const message = JSON.stringify({ kind: "chat", id, text });
    if (byPost || !this.direct(message)) this.post(message);
  }

  /** @param {object} message */
  #send(message) {
    const text = JSON.stringify(message);
    if (!this.direct(text)) this.post(text);
  }

  /** @param {string} id */
  #confirmed(id) {
    this.unconfirmed.delete(id);
    this.lines.value = this.lines.value.map((one) => (one.id === id ? { ...one, arrived: true } : one));
  }

  /** @param {ChatLine} line */
  #show(line) {
    this.lines.value = [...this.lines.value, line].slice(-MOST_LINES);
  }
}

/** @param {number} value */
const thousandths = (value) => Math.round(value * 1000) / 1000;

/** @param {unknown} text */
const bounded = (text) =>
  (typeof text === "string" ? text.replace(ORDERS, "").trim().slice(0, MOST_CHARACTERS) : "");

/**
 * @param {Captions} before
 * @param {string} text
 * @param {boolean} done
 * @returns {Captions}
 */
function grown(before, text, done) {
  if (!done) return { done: before.done, live: text };
  return { done: text ? [...before.done, text].slice(-CAPTION_LINES) : before.done, live: "" };
}

/**
 * @param {string} raw
 * @returns {Record<string, unknown> | null} null for what nobody understands
 */
function read(raw) {
  try {
    const message = JSON.parse(raw);
    return message && typeof message === "object" ? message : null;
  } catch {
    return null;
  }
}

const CAMERA = /** @type {CameraState[]} */ (["on", "off", "paused", "none"]);

/**
 * @param {Record<string, any>} message
 * @returns {EndState}
 */
function stateOf({ sends, asks, chosen, camera, hidden, concealed, queues, carries, stale, missed }) {
  return {
    sends: RUNGS.includes(sends) ? sends : "video",
    asks: RUNGS.includes(asks) ? asks : "video",
    chosen: chosen === true,
    camera: CAMERA.includes(camera) ? camera : "none",
    hidden: hidden === true,
    concealed: Math.min(1, Math.max(0, Number(concealed) || 0)),
    queues: queues === true,
    carries: Math.min(MOST_CARRIED, Math.max(0, Number(carries) || 0)),
    stale: stale === true,
    missed: Math.min(MOST_MISSED, Math.max(0, Number(missed) || 0)),
  };
}
