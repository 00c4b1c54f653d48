// Finding an interview: what is asked, and a sentence for everything that the server may answer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CONDITIONS, askedBesides, wishOf } from "../../static/guidance/wish.js";

const words = JSON.parse(readFileSync(join(import.meta.dirname, "../../static/guidance/words/vi.json"), "utf8"));

const form = (answers) => {
  const said = new FormData();
  for (const [name, answer] of Object.entries(answers)) said.append(name, answer);
  return said;
};

test("a form with nothing in it asks for nothing", () => {
  const open = { words: " ", province: "", min_wage: "", shift: "", abroad: "", lifting: "" };
  assert.deepEqual(wishOf(form(open)), { words: "" });
  assert.equal(askedBesides(wishOf(form(open))), 0);
});

test("answers are sent as the server takes them", () => {
  const wish = wishOf(form({
    words: "may", province: "80", min_wage: "8", shift: "no", abroad: "yes", lifting: "under_5kg",
  }));
  assert.deepEqual(wish, {
    words: "may", province_codes: ["80"], min_wage: 8_000_000, shift_ok: false, abroad: true,
    conditions: { lifting: "under_5kg" },
  });
  assert.equal(askedBesides(wish), 5);
});

test("every answer that can be chosen has its words", () => {
  for (const [name, answers] of Object.entries(CONDITIONS)) {
    for (const key of [name, ...answers.map((answer) => `${name}_${answer}`)]) {
      assert.ok(`find.${key}` in words, key);
    }
  }
});
