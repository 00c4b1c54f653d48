// The worker behind the page: shows a notice when the turn comes while the page is not in front.
//
// It answers no request and keeps no page, so that a page is always as fresh as the server's. Its
// words were left for it by the page, in the person's language: it loads nothing itself.

const worker = /** @type {any} */ (self);
/** One notice at a time: a newer one takes the place of the older. */
const TAG = "turn";
const CACHE = "fair-push";
/** Stay until they are looked at: somebody is waiting for the person. */
const URGENT = new Set(["called", "come"]);

/**
 * @typedef {{ kind: string, number: number, booth: string, seq: number, at: number,
 *   until: number }} Message times in ms by the server's clock
 * @typedef {{ lang: string, skew: number, texts: Record<string, [string, string]> }} Words
 *   `skew` is the server's clock less this phone's, ms; each text is a title and a sentence
 */

worker.addEventListener("install", () => worker.skipWaiting());

/** Messages are shown one after the other: each must see what the one before has left. */
let before = Promise.resolve();

worker.addEventListener("push", (/** @type {any} */ event) => {
  before = before.then(() => show(event.data.json())).catch(() => {});
  event.waitUntil(before);
});

worker.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(comeToPage());
});

/** @param {Message} message */
async function show(message) {
  const words = await leftWords();
  const skew = words?.skew ?? 0;
  const older = await worker.registration.getNotifications({ tag: TAG });
  if (older.some((/** @type {any} */ one) => one.data.seq > message.seq)) return;
  if (Date.now() + skew >= message.until) {
    // Too late: neither this nor what it would have replaced is so any more.
    older.forEach((/** @type {any} */ one) => one.close());
    return;
  }
  const quiet = (await pages()).some((/** @type {any} */ page) => page.visibilityState === "visible");
  const [title, body] = said(words, message);
  await worker.registration.showNotification(title, {
    tag: TAG,
    renotify: true,
    body,
    lang: words?.lang ?? "vi",
    icon: "/static/shared/icon.png",
    badge: "/static/shared/icon.png",
    timestamp: message.at - skew,
    requireInteraction: URGENT.has(message.kind),
    data: { seq: message.seq, until: message.until },
    // A page in front rings by itself.
    ...(quiet ? { silent: true } : { vibrate: [400, 150, 400, 150, 400] }),
  });
}

/**
 * @param {Words | null} words
 * @param {Message} message
 */
function said(words, { kind, number, booth }) {
  const text = words?.texts[kind];
  // Without words there are still the numbers that everybody here waits for.
  if (!text) return [`${number} → ${booth}`, ""];
  return text.map((part) => part.replace("{number}", String(number)).replace("{booth}", booth));
}

/** @returns {Promise<Words | null>} */
async function leftWords() {
  try {
    const kept = await caches.match(`${worker.registration.scope}push-words`, { cacheName: CACHE });
    return kept ? await kept.json() : null;
  } catch {
    return null;
  }
}

/** The candidate's pages of this fair that are open. */
async function pages() {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const { pathname } = new URL(worker.registration.scope);
  return open.filter((/** @type {any} */ page) => new URL(page.url).pathname === pathname);
}

async function comeToPage() {
  const [page] = await pages();
  if (page) await page.focus();
  else await worker.clients.openWindow(worker.registration.scope);
}
