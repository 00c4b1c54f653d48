// The HTTP side: one function for every call, and who this page is signed in as.
import { lang } from "./i18n.js";
import { keep, recall } from "./keep.js";

/** @typedef {"candidate" | "booth" | "control" | "guest"} PageKind */

/** An answer that says no, in the user's language. */
export class ApiError extends Error {
  /**
   * @param {number} status HTTP status, or 0 when nothing answered
   * @param {{ code?: string, message?: string, hint?: string, detail?: Record<string, any> }} said
   */
  constructor(status, said) {
    super(said.message || said.code || String(status));
    this.status = status;
    this.code = said.code || (status ? "internal" : "unreachable");
    this.hint = said.hint || "";
    this.detail = said.detail || {};
  }
}

/** The signed-in identity of this page, sent with every call. */
let currentSlot = /** @type {string | null} */ (null);

/**
 * Call the server and read its JSON.
 * @param {"GET" | "POST" | "PUT" | "DELETE"} method
 * @param {string} path such as `/api/fairs`
 * @param {unknown} [body] sent as JSON
 * @returns {Promise<any>} null when the answer is empty
 * @throws {ApiError}
 */
export async function api(method, path, body) {
  const url = slotQuery(path);
  /** @type {Record<string, string>} */
  const headers = { "X-Fair": "1", "X-Fair-Language": lang.value };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    throw new ApiError(0, { code: "unreachable" });
  }
  const said = await answer.json().catch(() => null);
  if (!answer.ok) throw new ApiError(answer.status, said || {});
  return said;
}

/** An address with who this page is signed in as. @param {string} path */
export function slotQuery(path) {
  const url = new URL(path, location.origin);
  if (currentSlot) url.searchParams.set("slot", currentSlot);
  return url;
}

/** The fair of this page, from its address `/f/<fair_id>/…`. */
export function fairId() {
  return location.pathname.split("/")[2] || "";
}

/** @param {PageKind} kind */
const slotKey = (kind) => `fs_slot_${kind}_${fairId()}`;

/**
 * Who this page was signed in as, and use it for the calls from now on.
 * @param {PageKind} kind
 * @returns {string | null}
 */
export function getSlot(kind) {
  const own = recall("session", slotKey(kind));
  currentSlot = own || (kind === "candidate" ? recall("local", slotKey(kind)) : null);
  return currentSlot;
}

/**
 * Remember (or forget, with null) who this page is signed in as. A candidate's phone remembers
 * across visits; a staff page only while its tab lives.
 * @param {PageKind} kind
 * @param {string | null} slot
 */
export function setSlot(kind, slot) {
  currentSlot = slot;
  keep("session", slotKey(kind), slot);
  if (kind === "candidate") keep("local", slotKey(kind), slot);
}

/**
 * The token of an invitation or ticket link, taken out of the address bar and the history.
 * Use it up with `POST /api/sessions {token}`.
 * @returns {string | null}
 */
export function takeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("t");
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}
