// Sends a file while it grows, by the tus protocol: after any drop it goes on where the server is.
import { slotQuery } from "../shared/api.js";

/** Bytes of one piece at most. */
const PIECE = 512 * 1024;
/** Waits after a failure: the first, doubled up to the longest; ms. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
/** After these nothing more can be sent: not signed in, refused, unknown, deleted, too large. */
const OVER = new Set([400, 401, 403, 404, 410, 412, 413, 415]);

/**
 * @typedef {(method: string, path: string, headers: Record<string, string>, body?: Blob) =>
 *   Promise<{ status: number, headers: { get: (name: string) => string | null } }>} Ask
 */

/** @type {Ask} */
const overHttp = (method, path, headers, body) =>
  fetch(slotQuery(path), { method, headers: { "X-Fair": "1", ...headers }, body: body ?? null });

/** One file on its way. */
export class Upload {
  /**
   * @param {string} path where files of this recording begin
   * @param {string} mediaType
   * @param {Ask} [ask]
   * @param {(ms: number) => Promise<unknown>} [wait]
   */
  constructor(path, mediaType, ask = overHttp, wait = (ms) => new Promise((go) => setTimeout(go, ms))) {
    this.path = path;
    this.mediaType = mediaType;
    this.ask = ask;
    this.wait = wait;
    /** What the server has not acknowledged, and where that begins in the file. */
    this.held = new Blob([]);
    this.offset = 0;
    this.place = "";
    this.whole = false;
    this.wake = () => {};
    /** Settles with whether all of it has come to the server. */
    this.done = this.#run();
  }

  /** @param {Blob} piece */
  add(piece) {
    this.held = new Blob([this.held, piece]);
    this.wake();
  }

  /** Nothing more will be added. */
  finish() {
    this.whole = true;
    this.wake();
  }

  /** @returns {Promise<boolean>} */
  async #run() {
    let pause = FIRST_WAIT_MS;
    for (;;) {
      // The file begins with the recording: after a no the server lets none begin.
      if (this.place && !this.held.size && !this.whole) await new Promise((go) => (this.wake = () => go(null)));
      const status = await this.#step().catch(() => 0);
      if (status === 200) return true;
      if (OVER.has(status)) return false;
      if (status === 204) {
        pause = FIRST_WAIT_MS;
        continue;
      }
      await this.wait(pause);
      pause = Math.min(pause * 2, LONGEST_WAIT_MS);
      await this.#catchUp().catch(() => {});
    }
  }

  /** Begin the file, or send one piece of it. @returns {Promise<number>} 200 once all has come */
  async #step() {
    if (!this.place) return this.#begin();
    const piece = this.held.slice(0, PIECE);
    const isLast = this.whole && piece.size === this.held.size;
    const { status } = await this.ask("PATCH", this.place, {
      "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(this.offset),
      ...(isLast ? { "Upload-Length": String(this.offset + piece.size) } : {}),
    }, piece);
    if (status !== 204) return status;
    this.#acknowledge(this.offset + piece.size);
    return isLast ? 200 : 204;
  }

  async #begin() {
    const answer = await this.ask("POST", this.path, {
      "Tus-Resumable": "1.0.0", "Upload-Defer-Length": "1", "Upload-Metadata": `filetype ${btoa(this.mediaType)}`,
    });
    this.place = answer.headers.get("Location") ?? "";
    return answer.status === 201 ? 204 : answer.status;
  }

  /** Ask how much has come: an answer may have been lost after its piece was taken. */
  async #catchUp() {
    if (!this.place) return;
    const answer = await this.ask("HEAD", this.place, { "Tus-Resumable": "1.0.0" });
    const offset = Number(answer.headers.get("Upload-Offset") ?? "NaN");
    if (answer.status === 200 && offset >= this.offset && offset <= this.offset + this.held.size) {
      this.#acknowledge(offset);
    }
  }

  /** @param {number} end */
  #acknowledge(end) {
    this.held = this.held.slice(end - this.offset);
    this.offset = end;
  }
}
