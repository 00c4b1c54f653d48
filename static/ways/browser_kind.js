// Which browser this is, as far as it matters for finding a permission or the way out of an app.

/**
 * @typedef {"chrome_android" | "safari_ios" | "firefox" | "chrome" | "safari" | "in_app" | "other"} BrowserKind
 */

/** Browsers inside other apps that people in Viet Nam come from. */
const IN_APP = /Zalo|FBAN|FBAV|FB_IAB|Instagram|TikTok|musical_ly|\bLine\/|; wv\)/i;

/**
 * @param {string} agent `navigator.userAgent`
 * @returns {boolean} whether the page is open inside another app
 */
export function isInApp(agent) {
  return IN_APP.test(agent);
}

/**
 * @param {string} agent `navigator.userAgent`
 * @returns {BrowserKind}
 */
export function browserKind(agent) {
  if (isInApp(agent)) return "in_app";
  if (/iPhone|iPad/.test(agent)) return "safari_ios";
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Android/.test(agent)) return "chrome_android";
  if (/Chrome\/|Chromium\/|Edg\//.test(agent)) return "chrome";
  return /Safari\//.test(agent) ? "safari" : "other";
}

/**
 * The address by which an app on Android hands a link to the phone's own browser.
 * @param {string} url an absolute http(s) address; its fragment is kept
 */
export function intentLink(url) {
  const { protocol } = new URL(url);
  const scheme = protocol.slice(0, -1);
  return `${url.replace(protocol, "intent:")}#Intent;scheme=${scheme};`
    + "action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end";
}
