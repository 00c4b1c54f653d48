// The catalogues: every key in every language, the same placeholders, nothing said but not written.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fill, fold, money, date, clock, stopwatch } from "../../static/shared/i18n.js";

const STATIC = join(import.meta.dirname, "../../static");
const LANGUAGES = ["vi", "en"];

const folders = readdirSync(STATIC, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "vendor").map(({ name }) => name)
  .filter((name) => readdirSync(join(STATIC, name)).includes("words"))
  .concat("candidate/after", "guest/door");

const catalogue = (folder, language) =>
  JSON.parse(readFileSync(join(STATIC, folder, "words", `${language}.json`), "utf8"));

const placeholders = (sentence) =>
  [...new Set(Array.from(sentence.matchAll(/\{(\w+)/g), ([, name]) => name))].sort();

for (const folder of folders) {
  test(`${folder}: every key is in every language with the same placeholders`, () => {
    const [vi, en] = LANGUAGES.map((language) => catalogue(folder, language));
    assert.deepEqual(Object.keys(en).sort(), Object.keys(vi).sort());
    for (const key of Object.keys(vi)) {
      assert.deepEqual(placeholders(en[key]), placeholders(vi[key]), key);
    }
  });

  test(`${folder}: every sentence that a module asks for is written`, () => {
    // A shared module may leave some of its sentences to the pages that use it.
    const sources = folder === "shared" ? folders : ["shared", folder.split("/")[0], folder];
    const written = Object.assign({}, ...sources.map((source) => catalogue(source, "vi")));
    const scripts = readdirSync(join(STATIC, folder)).filter((name) => name.endsWith(".js"));
    for (const script of scripts) {
      const source = readFileSync(join(STATIC, folder, script), "utf8");
      for (const [, key] of source.matchAll(/\bt\("([\w.]+)"/g)) {
        assert.ok(key in written, `${script} asks for ${key}`);
      }
    }
  });

  test(`${folder}: no sentence shouts`, () => {
    for (const language of LANGUAGES) {
      for (const [key, sentence] of Object.entries(catalogue(folder, language))) {
        assert.ok(!sentence.includes("!"), `${language} ${key}`);
      }
    }
  });
}

test("placeholders are filled, and a missing one stays visible", () => {
  assert.equal(fill("Gian {number}", { number: "07" }, "vi"), "Gian 07");
  assert.equal(fill("Gian {number}", {}, "vi"), "Gian {number}");
});

test("English chooses between one and many by the number", () => {
  const sentence = "{n} {n|person|people} ahead";
  assert.equal(fill(sentence, { n: 1 }, "en"), "1 person ahead");
  assert.equal(fill(sentence, { n: 4 }, "en"), "4 people ahead");
});

test("searching forgets marks and đ", () => {
  assert.equal(fold("Điện tử Đom Đóm"), "dien tu dom dom");
  assert.equal(fold("Hòa Bình").includes(fold("hoa binh")), true);
});

test("numbers, days and times are written as in Viet Nam", () => {
  assert.equal(money(8_500_000), "8.500.000 đ");
  assert.equal(date("2026-11-25"), "25/11/2026");
  assert.equal(clock(Date.UTC(2026, 10, 25, 2, 42)), "09:42");
  assert.equal(stopwatch(425_900), "7:05");
});
