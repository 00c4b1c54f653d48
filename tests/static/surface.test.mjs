// What pages may do with text, addresses, other windows and the browser's memory: one way each.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = new URL("../../", import.meta.url).pathname;
const files = readdirSync(join(ROOT, "static"), { recursive: true })
  .map(String).filter((name) => /\.(js|html)$/.test(name) && !name.startsWith("vendor"));
const sources = new Map(files.map((name) => [name, readFileSync(join(ROOT, "static", name), "utf8")]));

/** Where something stands in the pages. @param {RegExp} what */
const places = (what) => [...sources].filter(([, text]) => what.test(text)).map(([name]) => name).sort();

test("no text becomes markup or code", () => {
  const ways = /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|\beval\(|new Function|createContextualFragment/;
  assert.deepEqual(places(ways), []);
  assert.deepEqual(places(/setTimeout\(\s*["'`]|setInterval\(\s*["'`]/), []);
});

test("one policy vouches for an address of code, and it gives one address only", () => {
  assert.deepEqual(places(/createPolicy\(/), ["push/subscription.js"]);
  assert.match(sources.get("push/subscription.js"), /createScriptURL: \(\) => WORKER \}/);
});

test("a page hears and opens no other window", () => {
  assert.deepEqual(places(/window\.open\(|window\.opener|postMessage\(|BroadcastChannel|addEventListener\(["']message/), []);
  for (const [name, text] of sources) {
    for (const tag of text.match(/<a\b[^>]*target=[^>]*>/g) ?? []) assert.match(tag, /rel="(noopener|noreferrer)/, name);
  }
});

test("addresses of links are the pages' own, or a telephone", () => {
  // What a person or an employer wrote never is an address: `javascript:` has no place to stand.
  const own = /^(\/|#|data:,|\$\{`(\/|tel:|\$\{path\}|\$\{path\(\)\})|\$\{(calendarUrl|intentLink)\(|\$\{SPRITE\})/;
  for (const [name, text] of sources) {
    for (const [, href] of text.matchAll(/(?<!\[)\bhref=["']?((?:\$\{.*?\}|[^\s>"'])+)/g)) assert.match(href, own, name);
  }
});

test("one module keeps things in the browser, and the documents name every key", () => {
  const stores = /\b(localStorage|sessionStorage|indexedDB|document\.cookie)\b/;
  assert.deepEqual(places(stores), ["shared/keep.js"]);
  assert.deepEqual(places(/\bcaches\.(open|match)/), ["candidate/sw.js", "push/subscription.js"]);
  const named = readFileSync(join(ROOT, "docs/architecture.md"), "utf8");
  const keys = new Set([...sources.values()].flatMap((text) => text.match(/\bfs_[a-z_]+/g) ?? []));
  const forgotten = ["fs_", "fs_card_"];
  for (const key of keys) if (!forgotten.includes(key)) assert.ok(named.includes(`\`${key}`), key);
});
