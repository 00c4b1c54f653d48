// The check word: the same at both ends of a connection, and two words with somebody in between.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { CheckWord, commitmentTo, isCheck, ofOneCertificate, wordOf } from "../../static/shared/check_word.js";

const vectors = JSON.parse(readFileSync(new URL("./check_word.json", import.meta.url), "utf8"));
const [ONE, TWO] = vectors[0].fingerprints;
const [MIDDLE, OTHER] = vectors[1].fingerprints;

/** Carry what the two say to each other until nobody says more. */
async function talk(offers, answers) {
  let said = await offers.opened();
  await answers.opened();
  for (let to = answers; said; to = to === answers ? offers : answers) said = await to.heard(said);
}

/** Two ends that have made their word. */
async function twoEnds(one = ONE, two = TWO) {
  const ends = [new CheckWord(true), new CheckWord(false)];
  ends[0].between(one, two);
  ends[1].between(two, one);
  await talk(...ends);
  return ends;
}

test("words, digits and commitments are those of the program at a booth", async () => {
  for (const one of vectors) {
    const found = await wordOf(one.fingerprints, one.offered, one.answered);
    assert.deepEqual(found, { syllables: one.syllables, digits: one.digits });
    assert.deepEqual(await wordOf([...one.fingerprints].reverse(), one.offered, one.answered), found);
    assert.equal(await commitmentTo(one.offered), one.commitment);
  }
});

test("both ends have the same word, and another connection another", async () => {
  const [one, two] = await twoEnds();
  assert.ok(one.word.value);
  assert.deepEqual(one.word.value, two.word.value);
  assert.match(one.word.value.digits, /^\d{3} \d{3}$/);
  assert.equal(one.word.value.syllables.split(" ").length, 3);
  assert.notDeepEqual((await twoEnds())[0].word.value, one.word.value);
});

test("the same two certificates keep their word over every connection", async () => {
  const [one, two] = await twoEnds();
  const before = one.word.value;
  one.between(ONE, TWO);
  two.between(TWO, ONE);
  assert.equal(one.word.value, before);
  await talk(one, two);
  assert.deepEqual([one.word.value, two.word.value], [before, before]);
});

test("whatever comes first, the channel or the descriptions, there is a word", async () => {
  const [one, two] = [new CheckWord(true), new CheckWord(false)];
  assert.equal(await one.opened(), null, "nothing to say before there are descriptions");
  const [commit] = await one.between(ONE, TWO);
  assert.equal(await two.heard(commit), null);
  const [nonce] = await two.between(TWO, ONE);
  await two.heard(await one.heard(nonce));
  assert.ok(one.word.value);
  assert.deepEqual(one.word.value, two.word.value);
});

test("what an earlier connection said spoils nothing of another certificate's", async () => {
  const [one, two] = await twoEnds();
  two.begin();
  assert.equal(await two.heard(JSON.stringify({ kind: "check", commit: "1".repeat(64) })), null);
  assert.deepEqual(two.word.value, one.word.value);
});

test("another certificate ends a word", async () => {
  const [one] = await twoEnds();
  one.between(ONE, OTHER);
  assert.equal(one.word.value, null);
});

test("a connection that broke while the word was made goes on where it was", async () => {
  const [one, two] = [new CheckWord(true), new CheckWord(false)];
  one.between(ONE, TWO);
  two.between(TWO, ONE);
  await one.heard(await two.heard(await one.opened())); // its last part is lost
  assert.ok(one.word.value);
  assert.equal(two.word.value, null);
  await talk(one, two);
  assert.deepEqual(two.word.value, one.word.value);
});

test("somebody in the middle hears two words", async () => {
  // With each side it plays by the rules, the best that it can do without one of the two numbers.
  const [desk, toDesk] = await twoEnds(ONE, MIDDLE);
  const [toPhone, phone] = await twoEnds(OTHER, TWO);
  assert.deepEqual(desk.word.value, toDesk.word.value);
  assert.deepEqual(phone.word.value, toPhone.word.value);
  assert.notDeepEqual(desk.word.value, phone.word.value);
});

test("who offers cannot choose a number after having heard the other's", async () => {
  const end = new CheckWord(false);
  end.between(TWO, MIDDLE);
  const commit = await commitmentTo("0".repeat(32));
  assert.ok(await end.heard(JSON.stringify({ kind: "check", commit })));
  await end.heard(JSON.stringify({ kind: "check", nonce: "1".repeat(32) }));
  assert.equal(end.word.value, null);
  await end.heard(JSON.stringify({ kind: "check", nonce: "0".repeat(32) }));
  assert.equal(end.word.value, null, "no second try");
});

test("a number or a commitment that was told stays, also over another connection", async () => {
  const [one, two] = await twoEnds();
  await one.heard(JSON.stringify({ kind: "check", nonce: "1".repeat(32) }));
  assert.equal(one.word.value, null);
  await two.heard(JSON.stringify({ kind: "check", commit: "1".repeat(64) }));
  assert.equal(two.word.value, null);
});

test("nonsense makes no word", async () => {
  const end = new CheckWord(true);
  end.between(ONE, TWO);
  for (const text of ['{"kind":"check"', '{"kind":"check","nonce":7}', '{"kind":"check","nonce":""}',
    `{"kind":"check","nonce":"${"0".repeat(32)}\\n"}`, '{"kind":"check","commit":null}']) {
    assert.ok(isCheck(text));
    assert.equal(await end.heard(text), null);
  }
  assert.equal(end.word.value, null);
});

test("a description admits one certificate, by its SHA-256 alone", () => {
  const line = (hash, print) => `a=fingerprint:${hash} ${print.toUpperCase()}`;
  const sdp = ["v=0", line("sha-512", `${ONE}:${TWO}`), line("sha-256", ONE), "m=audio", line("SHA-256", ONE), ""];
  const found = ofOneCertificate(sdp.join("\r\n"));
  assert.equal(found.fingerprint, ONE);
  assert.doesNotMatch(found.sdp, /sha-512/);
  assert.equal(found.sdp.match(/fingerprint/g)?.length, 2);
  for (const bad of [["v=0"], [...sdp, line("sha-256", TWO)], [line("sha-1", "00")]]) {
    assert.throws(() => ofOneCertificate(bad.join("\n")));
  }
});

test("no syllable of the 256 is another's", async () => {
  const found = new Set();
  for (let byte = 0; found.size < 256 && byte < 20_000; byte += 1) {
    const { syllables } = await wordOf([String(byte)], "", "");
    syllables.split(" ").forEach((one) => found.add(one));
  }
  assert.equal(found.size, 256);
});
