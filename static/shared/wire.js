// The client's half of the contract without a socket: what to send, what a frame means.
// `net.js` drives it; tests drive it by hand.

/**
 * @typedef {{ code: string, message: string, hint: string, detail: Record<string, any> }} Refusal
 * @typedef {{ ticket_id: string, peer: string, epoch: number, leg?: string,
 *   kind: "offer" | "answer" | "candidate" | "talk", sdp: string, text?: string,
 *   sdp_mid?: string | null, sdp_m_line_index?: number | null }} PeerSignal
 * @typedef {{ now: number, version: string, fair_id: string, role: string,
 *   heartbeat_s: number, incarnation?: string }} HelloResult
 * @typedef {Readonly<Record<string, any>>} Cells
 * @typedef {{ kind: "greeted", result: HelloResult }
 *   | { kind: "cells", view: string, cells: Cells }
 *   | { kind: "answer", id: string, result: Record<string, any> }
 *   | { kind: "refusal", id: string, error: Refusal }
 *   | { kind: "signal", signal: PeerSignal }
 *   | { kind: "store", state: "ok" | "away" }
 *   | { kind: "time", now: number }
 *   | { kind: "turned_away", error: Refusal }
 *   | { kind: "dead" }} WireEvent
 */

/** Silence after which a sign of life is asked for, unless the server's hello says otherwise; ms. */
export const SILENCE_MS = 20_000;
/** A socket that is not open by then, or whose hello is not answered, never will be; ms. */
export const OPEN_MS = 10_000;
/** Waiting time when the answer should be there at once: after a sleep or on `online`; ms. */
export const PROBE_MS = 3_000;

/** One client's talk with the server, over any number of sockets. */
export class Wire {
  /**
   * @param {string[]} views
   * @param {() => string} newId
   * @param {() => string} language
   */
  constructor(views, newId, language) {
    /** Views wanted, each with its cells and the last seq held (null: send everything). */
    this.views = new Map(views.map((view) => [view, emptyView()]));
    /** Commands without an answer yet, in order: they are sent again after a reconnect. */
    this.pending = /** @type {Map<string, string>} */ (new Map());
    /** `closed` no socket, `opening` one is tried, `greeting` hello sent, `live` hello answered. */
    this.phase = /** @type {"closed" | "opening" | "greeting" | "live"} */ ("closed");
    /** Silence after which a sign of life is asked for; half of it is waited for the sign; ms. */
    this.silence = SILENCE_MS;
    /** Commands that the server could not carry out while its store was away: tried again. */
    this.putOff = /** @type {Set<string>} */ (new Set());
    this.helloId = "";
    /** Of which stream of events the numbers held are: the newest that the server named. */
    this.incarnation = "";
    /** Views named in the last hello. */
    this.asked = /** @type {Set<string>} */ (new Set());
    this.pingId = "";
    /** When the last frame came and when an unanswered ping counts as death; ms. */
    this.heardAt = 0;
    this.deadAt = Infinity;
    /** @type {string[]} */
    this.output = [];
    /** @type {WireEvent[]} */
    this.events = [];
    this.newId = newId;
    this.language = language;
  }

  /** Frames to put on the socket, in order; empties the list. */
  takeOutput() {
    return this.output.splice(0);
  }

  /** What happened since the last time; empties the list. */
  takeEvents() {
    return this.events.splice(0);
  }

  /** A socket is being opened. @param {number} now */
  opening(now) {
    this.phase = "opening";
    this.heardAt = now;
    this.deadAt = now + OPEN_MS;
  }

  /** A socket is open. @param {number} now */
  opened(now) {
    this.phase = "greeting";
    this.heardAt = now;
    this.deadAt = now + OPEN_MS;
    this.#hello();
  }

  /** The socket is gone. */
  closed() {
    this.phase = "closed";
    this.pingId = "";
    this.deadAt = Infinity;
    this.output = [];
    this.putOff.clear(); // all that is pending is sent again after the next hello
  }

  /**
   * Queue a command; it is kept and sent again until it is answered.
   * @param {string} type
   * @param {Record<string, any>} fields
   * @returns {string} its id
   */
  send(type, fields) {
    const id = this.newId();
    const frame = JSON.stringify({ type, id, ...fields });
    this.pending.set(id, frame);
    if (this.phase === "live") this.output.push(frame);
    return id;
  }

  /** @param {string} view */
  watch(view) {
    if (this.views.has(view)) return;
    this.views.set(view, emptyView());
    if (this.phase === "live") this.#hello();
  }

  /** @param {string} view */
  unwatch(view) {
    if (!this.views.delete(view) || this.phase !== "live") return;
    this.output.push(JSON.stringify({ type: "unwatch", id: this.newId(), views: [view] }));
  }

  /**
   * Let time pass: asks for a sign of life after a silence, gives up when none comes.
   * @param {number} now
   */
  tick(now) {
    if (this.phase === "closed") return;
    if (this.phase === "live") this.#tryAgain();
    if (now >= this.deadAt) this.events.push({ kind: "dead" });
    else if (now - this.heardAt >= this.silence) this.probe(now, this.silence / 2);
  }

  /**
   * Ask for a sign of life now, to come within `patience` milliseconds. A socket that is still
   * being opened gets no longer either: after a sleep it may have been one of the network before.
   * @param {number} now
   * @param {number} patience
   */
  probe(now, patience) {
    if (this.phase === "closed") return;
    this.deadAt = Math.min(this.deadAt, now + patience);
    if (this.pingId || this.phase !== "live") return;
    this.pingId = this.newId();
    this.output.push(JSON.stringify({ type: "ping", id: this.pingId }));
  }

  /**
   * Take in one frame.
   * @param {string} text
   * @param {number} now
   */
  received(text, now) {
    const message = JSON.parse(text);
    this.heardAt = now;
    if (this.phase === "live") {
      this.deadAt = Infinity;
      this.pingId = message.id === this.pingId ? "" : this.pingId;
    }
    if (message.type === "ok") this.#answered(message);
    else if (message.type === "error") this.#refused(message);
    else if (message.type === "snapshot") this.#snapshot(message);
    else if (message.type === "delta") this.#apply(message);
    else if (message.type === "signal") this.events.push({ kind: "signal", signal: message });
    else if (message.type === "store") this.events.push({ kind: "store", state: message.state });
    if (message.type === "store" && message.state === "ok") this.#tryAgain();
  }

  /** Send again what was put off; the same ids, so nothing is done twice. */
  #tryAgain() {
    for (const id of this.putOff) this.output.push(this.pending.get(id) || "");
    this.putOff.clear();
  }

  #hello() {
    this.helloId = this.newId();
    this.asked = new Set(this.views.keys());
    const views = Object.fromEntries(Array.from(this.views, ([name, view]) => [name, view.seq]));
    this.output.push(
      JSON.stringify({ type: "hello", id: this.helloId, views, language: this.language() }),
    );
  }

  /** @param {any} message */
  #answered({ id, result = {} }) {
    if (result.now) this.events.push({ kind: "time", now: result.now });
    if (id === this.helloId && this.phase === "greeting") this.#greeted(result);
    else if (this.pending.delete(id)) this.events.push({ kind: "answer", id, result });
  }

  /** @param {HelloResult} result */
  #greeted(result) {
    this.phase = "live";
    this.deadAt = Infinity;
    this.silence = result.heartbeat_s * 1_000 || SILENCE_MS;
    this.events.push({ kind: "greeted", result });
    this.output.push(...this.pending.values());
    const renewed = this.#renewed(result.incarnation);
    // A view wanted since the hello was sent.
    if (renewed || Array.from(this.views.keys()).some((view) => !this.asked.has(view))) this.#hello();
  }

  /**
   * Note of which stream the server's numbers are. When its store was set up anew, those held here
   * mean nothing: everything is asked for whole. A server that names none tells nothing.
   * @param {string | undefined} incarnation
   */
  #renewed(incarnation) {
    if (!incarnation || incarnation === this.incarnation) return false;
    const held = Array.from(this.views.values()).filter(({ seq }) => seq !== null);
    const renewed = this.incarnation !== "" && held.length > 0;
    this.incarnation = incarnation;
    if (renewed) for (const view of held) view.seq = null;
    return renewed;
  }

  /** @param {any} message */
  #snapshot({ view, seq, cells, incarnation }) {
    this.incarnation = incarnation || this.incarnation;
    this.#put(view, seq, cells);
  }

  /** @param {any} message */
  #refused({ id, code, message, hint = "", detail = {} }) {
    const error = { code, message, hint, detail };
    if (id === this.helloId && this.phase === "greeting") this.events.push({ kind: "turned_away", error });
    else if (code === "store_away" && this.pending.has(id)) this.putOff.add(id);
    else if (this.pending.delete(id)) this.events.push({ kind: "refusal", id, error });
  }

  /** @param {any} delta */
  #apply(delta) {
    const held = this.views.get(delta.view);
    if (!held) return;
    if (held.seq === null) return; // a snapshot is on its way
    if (delta.from > held.seq) {
      this.#missed(held);
      return;
    }
    if (delta.seq < held.seq) return;
    const patches = Object.entries(delta.patch || {});
    if (!patches.every(([key]) => held.cells[key])) {
      this.#missed(held);
      return;
    }
    const cells = { ...held.cells, ...delta.set };
    for (const [key, patch] of patches) cells[key] = { ...cells[key], ...patch };
    for (const key of delta.drop || []) delete cells[key];
    this.#put(delta.view, delta.seq, cells);
  }

  /**
   * A piece of a view is missing: ask for it from the start.
   * @param {{ seq: number | null }} held
   */
  #missed(held) {
    held.seq = null;
    this.#hello();
  }

  /**
   * @param {string} view
   * @param {number} seq
   * @param {Record<string, any>} cells
   */
  #put(view, seq, cells) {
    if (!this.views.has(view)) return;
    const frozen = Object.freeze(cells);
    this.views.set(view, { seq, cells: frozen });
    this.events.push({ kind: "cells", view, cells: frozen });
  }
}

/** @returns {{ seq: number | null, cells: Cells }} */
function emptyView() {
  return { seq: null, cells: Object.freeze({}) };
}

/**
 * How long to wait before the next socket.
 * @param {number} code the close code
 * @param {number} attempt sockets tried in vain so far, from 0
 * @param {() => number} random from 0 to 1
 * @returns {number | null} milliseconds, or null: do not come back
 */
export function returnAfter(code, attempt, random) {
  if (code === 4400 || code === 4401 || code === 4409) return null;
  if (code === 4429) return 10_000 + random() * 2_000;
  if (code === 4008 && attempt === 0) return 0;
  if (code === 1012 && attempt === 0) return random() * 2_000;
  return Math.max(300, random() * Math.min(15_000, 600 * 2 ** attempt));
}
