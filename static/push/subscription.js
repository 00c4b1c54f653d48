// Whether this browser tells its person of the turn by itself, and switching that on and off.
import { effect, signal } from "../vendor/ui.js";
import { api, fairId } from "../shared/api.js";
import { lang, t } from "../shared/i18n.js";
import { isShared, keep, recall } from "../shared/keep.js";
import { send, serverNow, tickets, who } from "../candidate/state.js";

/**
 * `impossible`: this browser or this server cannot; `home_screen`: an iPhone can once the page is
 * on its home screen; `blocked`: the person or the browser forbade it; `failed`: no service.
 * @typedef {"look" | "off" | "asking" | "on" | "blocked" | "impossible" | "home_screen"
 *   | "failed"} Standing
 */
export const standing = signal(/** @type {Standing} */ ("look"));

const WORKER = "/static/candidate/sw.js";
const TAG = "turn";
const CACHE = "fair-push";
const KINDS = ["on_deck", "called", "come", "hand_over", "missed", "no_show"];

const scope = () => `/f/${fairId()}/`;
/** For whom this phone was switched on: another person on it is asked anew. */
const ownerKey = () => `fs_push_${fairId()}`;

let publicKey = "";

/** Find out how it stands, and tell the server again where this browser is to be found. */
export async function look() {
  if (standing.value === "asking") return;
  try {
    standing.value = await found();
  } catch {
    standing.value = "off";
  }
}

/** @returns {Promise<Standing>} */
async function found() {
  if (isShared()) return "impossible"; // a notice would find the next person
  if (!isPossible()) return isBareIphone() ? "home_screen" : "impossible";
  ({ public_key: publicKey } = await api("GET", "/api/push"));
  if (!publicKey) return "impossible";
  if (Notification.permission === "denied") return "blocked";
  const held = await (await registration())?.pushManager.getSubscription();
  const isMine = recall("local", ownerKey()) === who.value?.slot;
  if (!held || !isMine || !isOurs(held) || Notification.permission !== "granted") return "off";
  await tell(held);
  return "on";
}

/** Ask for permission and subscribe; call it in the handler of a tap. */
export async function turnOn() {
  standing.value = "asking";
  try {
    // Before anything else: browsers ask only within the tap.
    const permission = await Notification.requestPermission();
    if (permission === "granted") {
      await subscribe();
      standing.value = "on";
    } else {
      standing.value = permission === "denied" ? "blocked" : "off";
    }
  } catch {
    standing.value = "failed";
  }
}

/** Tell no more, here and at the server. */
export async function turnOff() {
  standing.value = "off";
  await Promise.allSettled([forget(), send("push_unsubscribe", {})]);
}

async function subscribe() {
  publicKey ||= (await api("GET", "/api/push")).public_key;
  await navigator.serviceWorker.register(workerUrl(), { scope: scope(), updateViaCache: "none" });
  const { pushManager } = await navigator.serviceWorker.ready;
  const held = await pushManager.getSubscription();
  if (held && !isOurs(held)) await held.unsubscribe();
  await tell(await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey }));
  keep("local", ownerKey(), who.value?.slot ?? null);
}

/** The page's policy takes the address of a worker only from one who vouches for it. */
function workerUrl() {
  const maker = /** @type {any} */ (window).trustedTypes;
  if (!maker) return WORKER;
  // The page's list of policies lets each name be made once.
  vouching ??= maker.createPolicy("push-worker", { createScriptURL: () => WORKER });
  return vouching.createScriptURL("");
}

let vouching = /** @type {any} */ (null);

/** @param {PushSubscription} held */
function tell(held) {
  const { endpoint, keys } = held.toJSON();
  return send("push_subscribe", { endpoint, p256dh: keys?.p256dh, auth: keys?.auth });
}

/** Leave nothing of it in this browser. */
async function forget() {
  keep("local", ownerKey(), null);
  const worker = await registration();
  await clear();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
  await worker?.unregister();
  await caches.delete(CACHE);
}

function isPossible() {
  return isSecureContext && "serviceWorker" in navigator && "PushManager" in window
    && "Notification" in window;
}

function isBareIphone() {
  return /iPhone|iPad/.test(navigator.userAgent) && !matchMedia("(display-mode: standalone)").matches;
}

async function registration() {
  return navigator.serviceWorker.getRegistration(scope());
}

/** Whether a subscription was made with the server's present key. @param {PushSubscription} held */
function isOurs(held) {
  const key = held.options.applicationServerKey;
  if (!key) return false;
  const text = btoa(String.fromCharCode(...new Uint8Array(key)));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") === publicKey;
}

const isInFront = () => document.visibilityState === "visible";

/** Take notices away, if that is still wanted then. @param {() => boolean} [isWanted] */
async function clear(isWanted = () => true) {
  const shown = await (await registration())?.getNotifications({ tag: TAG });
  if (isWanted()) shown?.forEach((one) => one.close());
}

/** Leave the worker its words: it speaks when no page is there. @param {string} language */
async function leaveWords(language) {
  /** @type {Record<string, [string, string]>} */
  const texts = {};
  for (const kind of KINDS) texts[kind] = [t(`push.${kind}.title`), t(`push.${kind}.body`)];
  const words = { lang: language, skew: Math.round(serverNow() - Date.now()), texts };
  const cache = await caches.open(CACHE);
  await cache.put(`${scope()}push-words`, new Response(JSON.stringify(words)));
}

effect(() => {
  if (standing.value === "on") leaveWords(lang.value).catch(() => {});
});

effect(() => {
  // Whoever leaves this phone to somebody else takes it along.
  if (who.value || standing.value !== "on") return;
  standing.value = "look";
  forget().catch(() => {});
});

const clearInFront = () => {
  if (standing.value === "on" && isInFront()) clear(isInFront).catch(() => {});
};
document.addEventListener("visibilitychange", clearInFront);
effect(() => {
  if (tickets.value) clearInFront();
});
