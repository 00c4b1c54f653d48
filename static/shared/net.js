// The live link: drives `wire.js` over WebSockets and turns its events into signals.
import { signal } from "../vendor/ui.js";
import { lang } from "./i18n.js";
import { randomName } from "./keep.js";
import { PROBE_MS, Wire, returnAfter } from "./wire.js";

/**
 * @typedef {import("./wire.js").Cells} Cells
 * @typedef {import("./wire.js").PeerSignal} PeerSignal
 * @typedef {import("./wire.js").Refusal} Refusal
 * @typedef {import("../vendor/ui.js").Signal<Cells>} CellsSignal
 * @typedef {"connecting" | "live" | "stale" | "offline" | "elsewhere"} LinkStatus
 * @typedef {{ fairId: string, slot: string | null, views: string[],
 *   onSignal?: (signal: PeerSignal) => void,
 *   onClosed?: (code: number) => void }} LinkOptions
 * @typedef {{ resolve: (result: any) => void, reject: (error: Refusal) => void }} Waiter
 */

const TICK_MS = 2_000;
/** A tick that comes this late means that the page slept; ms. */
const SLEPT_MS = 10_000;
/** A lost link is `stale` this long before it is called `offline`; ms. */
const STALE_MS = 5_000;
/** A link that lived this long was no failure: back-off starts afresh; ms. */
const STEADY_MS = 5_000;

/** One page's link with its fair; survives drops, sleep and changes of the node. */
export class Link {
  /** @param {LinkOptions} options */
  constructor({ fairId, slot, views, onSignal, onClosed }) {
    /** How the link is, for the line at the bottom of the page. */
    this.status = signal(/** @type {LinkStatus} */ ("connecting"));
    /** Whether the server's live store answers. */
    this.store = signal(/** @type {"ok" | "away"} */ ("ok"));
    /** When the last frame came, by this machine's clock; ms. */
    this.lastHeard = signal(0);
    this.wire = new Wire(views, () => randomName("k"), () => lang.value);
    this.socket = /** @type {WebSocket | null} */ (null);
    this.attempt = 0;
    this.liveAt = 0;
    this.lostAt = Date.now();
    this.tickedAt = Date.now();
    /** Server clock minus ours; ms. */
    this.offset = 0;
    this.ended = false;
    this.retry = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
    this.views = /** @type {Map<string, CellsSignal>} */ (new Map());
    this.waiters = /** @type {Map<string, Waiter>} */ (new Map());
    this.listeners = new Set(onSignal ? [onSignal] : []);
    this.onClosed = onClosed;
    const query = slot ? `?slot=${encodeURIComponent(slot)}` : "";
    this.url = `${location.origin.replace(/^http/, "ws")}/ws/${fairId}${query}`;
    this.ticker = setInterval(() => this.#tick(), TICK_MS);
    this.wake = () => this.#wake();
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.#open();
  }

  /**
   * The cells of a view: a new frozen record at every change.
   * @param {string} view
   * @returns {CellsSignal}
   */
  cells(view) {
    let cells = this.views.get(view);
    if (!cells) {
      cells = signal(/** @type {Cells} */ (Object.freeze({})));
      this.views.set(view, cells);
    }
    return cells;
  }

  /** The server's clock; ms. */
  now() {
    return Date.now() + this.offset;
  }

  /**
   * Send a command; it is sent again with the same id until it is answered.
   * @param {string} type
   * @param {Record<string, any>} [fields]
   * @returns {Promise<any>} the answer's result; rejects with `{code, message, hint, detail}`
   */
  send(type, fields = {}) {
    const answer = new Promise((resolve, reject) => {
      this.waiters.set(this.wire.send(type, fields), { resolve, reject });
    });
    this.#flush();
    return answer;
  }

  /** @param {string} view */
  watch(view) {
    this.wire.watch(view);
    this.#flush();
  }

  /** @param {string} view */
  unwatch(view) {
    this.wire.unwatch(view);
    this.#flush();
  }

  /**
   * Hear the signals of the other end of a room.
   * @param {(signal: PeerSignal) => void} listener
   * @returns {() => void} stops it
   */
  onSignal(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** End the link for good. */
  close() {
    this.ended = true;
    clearInterval(this.ticker);
    clearTimeout(this.retry);
    removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.#drop();
    this.status.value = "offline";
  }

  #open() {
    clearTimeout(this.retry);
    this.retry = undefined;
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.wire.opening(Date.now());
    socket.onopen = () => {
      this.wire.opened(Date.now());
      this.#flush();
    };
    socket.onmessage = (message) => {
      this.wire.received(message.data, Date.now());
      this.lastHeard.value = Date.now();
      this.#flush();
    };
    socket.onclose = (closed) => this.#lost(closed.code);
  }

  /** Forget the socket: nothing of it is heard any more. */
  #drop() {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.wire.closed();
  }

  /** @param {number} code */
  #lost(code) {
    this.#drop();
    if (this.status.value === "live") {
      this.lostAt = Date.now();
      this.status.value = "stale";
    }
    if (this.liveAt && Date.now() - this.liveAt > STEADY_MS) this.attempt = 0;
    this.liveAt = 0;
    const delay = returnAfter(code, this.attempt, Math.random);
    this.attempt += 1;
    if (delay === null) {
      this.close();
      // Still signed in: the page says where it is, and loading it again makes it the newest.
      if (code === 4409) this.status.value = "elsewhere";
      else this.onClosed?.(code);
    } else {
      this.retry = setTimeout(() => this.#open(), delay);
    }
  }

  /** Put out what the wire wants sent, and act on what it heard. */
  #flush() {
    for (const event of this.wire.takeEvents()) this.#happened(event);
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    for (const frame of this.wire.takeOutput()) this.socket.send(frame);
  }

  /** @param {import("./wire.js").WireEvent} event */
  #happened(event) {
    switch (event.kind) {
      case "greeted":
        this.liveAt = Date.now();
        this.status.value = "live";
        return;
      case "cells":
        this.cells(event.view).value = event.cells;
        return;
      case "answer":
        this.#settle(event.id)?.resolve(event.result);
        return;
      case "refusal":
        this.#settle(event.id)?.reject(event.error);
        return;
      case "signal":
        this.listeners.forEach((listener) => listener(event.signal));
        return;
      case "store":
        this.store.value = event.state;
        return;
      case "time":
        this.offset = event.now - Date.now();
        return;
      case "turned_away":
        this.#lost(event.error.code === "not_signed_in" ? 4401 : 1013);
        return;
      case "dead":
        this.#lost(1006);
    }
  }

  /** @param {string} id */
  #settle(id) {
    const waiter = this.waiters.get(id);
    this.waiters.delete(id);
    return waiter;
  }

  #tick() {
    const now = Date.now();
    const slept = now - this.tickedAt > SLEPT_MS;
    this.tickedAt = now;
    if (slept) this.#find();
    this.wire.tick(now);
    this.#flush();
    if (this.socket && this.wire.phase === "live") {
      this.status.value = this.wire.deadAt < Infinity && now > this.wire.deadAt - this.wire.silence / 4
        ? "stale" : "live";
    } else if (this.status.value === "stale" && now - this.lostAt > STALE_MS) {
      this.status.value = "offline";
    } else if (this.status.value === "connecting" && now - this.lostAt > STALE_MS) {
      this.status.value = "offline";
    }
  }

  /** The network or the screen is back. */
  #wake() {
    if (document.visibilityState === "hidden") return;
    this.#find();
    this.#flush();
  }

  /** Find out at once whether the link lives, or try it again. */
  #find() {
    if (this.retry !== undefined) this.#open();
    else this.wire.probe(Date.now(), PROBE_MS);
  }
}

/**
 * Open the link of this page.
 * @param {LinkOptions} options
 * @returns {Link}
 */
export function connect(options) {
  return new Link(options);
}
