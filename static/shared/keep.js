// Small things kept in the browser; some in-app browsers forbid storage, so nothing relies on it.

/**
 * Read a kept text.
 * @param {"session" | "local"} where
 * @param {string} key
 * @returns {string | null}
 */
export function recall(where, key) {
  try {
    return (where === "local" ? localStorage : sessionStorage).getItem(key);
  } catch {
    return null;
  }
}

/**
 * Keep a text, or forget it when it is null.
 * @param {"session" | "local"} where
 * @param {string} key
 * @param {string | null} value
 */
export function keep(where, key, value) {
  try {
    const store = where === "local" ? localStorage : sessionStorage;
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch {
    // Forbidden or full: the page works on without it.
  }
}

/**
 * A random name of letters and digits, for commands, requests and media ends.
 * @param {string} prefix
 */
export function randomName(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
