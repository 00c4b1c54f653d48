// Small things kept in the browser; some in-app browsers forbid storage, so nothing relies on it.
//
// Nothing here opens anything: a session is a cookie that no script sees, and number, code, link and
// what was written are asked of the server anew. docs/architecture.md names every key. On a computer
// that others use, too, all of it goes with the tab.

/** This tab is on a computer that others use, too. */
const SHARED = "fs_shared";
/** What earlier versions kept in the clear. */
const ONCE_KEPT = ["fs_card_", "fs_wish_"];
/** What says nothing of a person, and stays when one signs out. */
const STAYS = ["fs_lang", "fs_theme", "fs_keys_off", "fs_tested_"];

/** Whether this tab is on a computer that others use, too. */
export const isShared = () => read(() => sessionStorage.getItem(SHARED)) === "1";

/** Say whether this computer is shared: before anything of a person is kept. @param {boolean} shared */
export const setShared = (shared) => keep("session", SHARED, shared ? "1" : null);

/** @param {"session" | "local"} where */
const storeOf = (where) => (where === "session" || isShared() ? sessionStorage : localStorage);

/**
 * @template Value
 * @param {() => Value} look
 * @returns {Value | null} null where storage is forbidden
 */
function read(look) {
  try {
    return look();
  } catch {
    return null;
  }
}

/**
 * Read a kept text.
 * @param {"session" | "local"} where
 * @param {string} key
 * @returns {string | null}
 */
export function recall(where, key) {
  return read(() => storeOf(where).getItem(key) ?? (where === "local" ? localStorage.getItem(key) : null));
}

/**
 * Keep a text, or forget it when it is null.
 * @param {"session" | "local"} where
 * @param {string} key
 * @param {string | null} value
 */
export function keep(where, key, value) {
  try {
    const store = storeOf(where);
    if (value === null) store.removeItem(key);
    else store.setItem(key, value);
  } catch {
    // Forbidden or full: the page works on without it.
  }
}

/** @param {(key: string) => boolean} isOver */
function drop(isOver) {
  const store = read(() => localStorage);
  if (store) Object.keys(store).filter(isOver).forEach((key) => store.removeItem(key));
}

/** Forget what earlier versions of the page kept. */
export const forgetOld = () => drop((key) => ONCE_KEPT.some((old) => key.startsWith(old)));

/** Leave nothing of a person in this browser: neither texts, nor answers, nor a worker with its push. */
export async function wipe() {
  drop((key) => key.startsWith("fs_") && !STAYS.some((one) => key.startsWith(one)));
  read(() => sessionStorage.clear());
  await Promise.allSettled([dropCaches(), dropWorkers()]);
}

async function dropCaches() {
  if (!("caches" in globalThis)) return;
  await Promise.all((await caches.keys()).map((name) => caches.delete(name)));
}

async function dropWorkers() {
  const workers = (await navigator.serviceWorker?.getRegistrations()) ?? [];
  await Promise.all(workers.map(async (worker) => {
    const shown = await worker.getNotifications?.();
    shown?.forEach((one) => one.close());
    await (await worker.pushManager?.getSubscription())?.unsubscribe();
    await worker.unregister();
  }));
}

/** Forget what this tab keeps, and nothing else: who signs out leaves nothing to the next one here. */
export const forgetTab = () => read(() => sessionStorage.clear());

/**
 * A random name of letters and digits, for commands, requests and media ends.
 * @param {string} prefix
 */
export function randomName(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
