// Style sheets of parts that come later.

/**
 * Load a style sheet, once, and wait for it.
 * @param {string} url
 * @returns {Promise<unknown>} rejects when it does not come
 */
export async function loadStyle(url) {
  if (document.querySelector(`link[href="${url}"]`)) return null;
  return new Promise((resolve, reject) => {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: url });
    sheet.onload = resolve;
    sheet.onerror = () => {
      sheet.remove();
      reject(new Error(url));
    };
    document.head.append(sheet);
  });
}
