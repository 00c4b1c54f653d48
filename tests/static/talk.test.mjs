// What two ends tell each other beside picture and sound.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_CHARACTERS, Talk } from "../../static/shared/talk.js";

/** Two ends; `ways` says what gets through. */
function twoEnds() {
  const ways = { direct: true, loses: false, now: 1_000, posted: 0, sent: [] };
  const ends = /** @type {Talk[]} */ ([]);
  [0, 1].forEach((own) => {
    const deliver = (text) => ends[1 - own].heard(text);
    ends.push(new Talk({
      direct: (text) => {
        if (ways.direct && !ways.loses) deliver(text);
        if (ways.direct) ways.sent.push(text);
        return ways.direct;
      },
      post: (text) => {
        ways.posted += 1;
        deliver(text);
      },
      clock: () => ways.now,
    }));
  });
  return { ways, one: ends[0], two: ends[1] };
}
const words = (talk) => talk.lines.value.map(({ text }) => text);
const STATE = {
  sends: "video", asks: "video", chosen: false, camera: "on", hidden: false, concealed: 0,
  queues: false, carries: 0, stale: false, missed: 0,
};

test("a line goes to the other end and is confirmed", () => {
  const { one, two } = twoEnds();
  assert.equal(one.write("  Chào  "), true);
  assert.deepEqual(words(two), ["Chào"]);
  assert.equal(one.lines.value[0].arrived, true);
});

test("a line lost with its connection comes by way of the server, once", () => {
  const { ways, one, two } = twoEnds();
  ways.loses = true;
  one.write("Mất không?");
  assert.deepEqual(words(two), []);
  ways.now += 3_000;
  one.again();
  one.renew();
  ways.loses = false;
  ways.now += 3_000;
  one.again();
  assert.deepEqual(words(two), ["Mất không?"]);
  assert.equal(one.lines.value[0].arrived, true);
});

test("without a connection the server takes the words at once", () => {
  const { ways, one, two } = twoEnds();
  ways.direct = false;
  one.write("Qua máy chủ");
  assert.deepEqual(words(two), ["Qua máy chủ"]);
  assert.equal(ways.posted, 2, "the line and its confirmation");
});

test("lines are bounded in length and in number, at both ends", () => {
  const { ways, one, two } = twoEnds();
  one.write("a".repeat(2_000));
  assert.equal(words(two)[0].length, MOST_CHARACTERS);
  const sent = Array.from({ length: 10 }, () => one.write("nhanh"));
  assert.equal(sent.filter(Boolean).length, 4);
  ways.now += 1_000;
  assert.equal(one.write("chậm"), true);
  for (let id = 0; id < 500; id += 1) two.heard(JSON.stringify({ kind: "chat", id: `c${id}`, text: "x" }));
  assert.ok(words(two).length < 50);
});

test("a caption grows while it is typed and stands when it is finished", () => {
  const { ways, one, two } = twoEnds();
  one.caption("Anh", false);
  assert.deepEqual(two.captions.value, { done: [], live: "Anh" });
  ways.now += 500;
  for (const text of ["một", "hai", "ba"]) one.caption(text, true);
  assert.deepEqual(two.captions.value, { done: ["hai", "ba"], live: "" });
});

test("what changed of an end is told at once, the same again only in its time", () => {
  const { ways, one, two } = twoEnds();
  one.tell(STATE);
  one.tell(STATE);
  assert.equal(ways.sent.length, 1);
  one.tell({ ...STATE, camera: "paused", hidden: true });
  assert.deepEqual([two.other.value.camera, two.other.value.hidden], ["paused", true]);
  ways.direct = false;
  ways.now += 5_000;
  one.tell({ ...STATE, camera: "paused", hidden: true });
  assert.equal(ways.posted, 0, "nothing new: the server is not asked");
  one.tell(STATE);
  assert.equal(two.other.value.camera, "on");
});

test("nonsense from the other end changes nothing and breaks nothing", () => {
  const { one } = twoEnds();
  for (const raw of ["", "{", "null", "7", '{"kind":"chat"}', '{"kind":"chat","id":3,"text":"x"}', '{"kind":"who"}']) {
    one.heard(raw);
  }
  assert.deepEqual(one.lines.value, []);
  one.heard('{"kind":"state","sends":"9","asks":"x","camera":5,"concealed":"no"}');
  assert.deepEqual(one.other.value, { ...STATE, camera: "none" });
});

test("no message of any length or rate fills the page, and none turns the order of what is read", () => {
  const { one, two } = twoEnds();
  one.write("một \u202ehai\u0007");
  assert.deepEqual(words(two), ["một hai"]);
  two.heard(JSON.stringify({ kind: "chat", id: "c9", text: "x".repeat(5_000) }));
  assert.equal(words(two).length, 1);
  for (let count = 0; count < 300; count += 1) two.heard(JSON.stringify({ kind: "state", sends: "video" }));
  two.heard(JSON.stringify({ kind: "state", sends: "text" }));
  assert.equal(two.other.value.sends, "video");
});
