// A queue on the sound's way, and sound that is made fresh again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Arrivals, Freshener, freshen } from "../../static/shared/sound_line.js";

const LOOK_MS = 100;
/** Packets of 20 ms that came so far, 960 samples of each played, and so many bits of everything. */
const came = (packets, lost = 0, bits = packets * 1_000, waited = 0) =>
  ({ packets, lost, emitted: packets * 960, bits, waited });

/** Looks at a line on which `paces` packets came from look to look; gives what each look found. */
function looks(paces, arrivals = new Arrivals(), from = 100) {
  let packets = from;
  arrivals.take(came(packets), 0);
  return paces.map((pace, index) => {
    packets += pace;
    return arrivals.take(came(packets), (index + 1) * LOOK_MS);
  });
}

test("sound that comes as fast as time goes by stands in no queue", () => {
  assert.ok(!looks([5, 5, 4, 6, 5, 4, 6, 5]).includes(true));
});

test("a link that carries a third of what is sent is noticed within three looks, and about as long as it stands", () => {
  const found = looks([5, 1, 2, 2, 5, 5, 9, 9]);
  assert.deepEqual(found, [false, false, true, true, true, true, false, false]);
});

test("a computer that stood still is no queue", () => {
  assert.ok(!looks([5, 0, 0, 0, 20, 5, 5]).includes(true), "nothing came, then all at once");
  assert.ok(!looks([5, 1, 5, 5, 5]).includes(true), "one look was short");
});

test("a queue that grows slowly is noticed, too", () => {
  assert.deepEqual(looks([4, 3, 4, 3, 4, 3, 4, 3]).indexOf(true), 4);
});

test("sound that waits behind a picture counts while the picture comes", () => {
  const arrivals = new Arrivals();
  arrivals.take(came(100, 0, 100_000), 0);
  assert.equal(arrivals.take(came(101, 0, 120_000), 100), false);
  assert.equal(arrivals.take(came(101, 0, 140_000), 200), true);
});

test("time that a microphone lost is no queue for ever", () => {
  const paces = [5, 2, 2, 2, ...Array(12).fill(5)];
  const found = looks(paces);
  assert.deepEqual([found.at(3), found.at(-1)], [true, false]);
});

test("who sends no more sound stands in no queue for long", () => {
  const arrivals = new Arrivals();
  arrivals.take(came(100, 0, 0), 0);
  const found = Array.from({ length: 12 }, (_, index) => arrivals.take(came(100, 0, (index + 1) * 40_000), (index + 1) * LOOK_MS));
  assert.deepEqual([found.at(2), found.at(-1)], [true, false], "the picture comes");
  const words = new Arrivals();
  words.take(came(100, 0, 0), 0);
  const said = Array.from({ length: 12 }, (_, index) => words.take(came(100, 0, (index + 1) * 1_500), (index + 1) * LOOK_MS));
  assert.ok(!said.includes(true), "words only");
});

test("a full link says how much it carries, and at its end what came in the last moment", () => {
  const arrivals = new Arrivals();
  arrivals.take(came(100, 0, 0), 0);
  const found = [1, 2, 3, 4].map((look) => {
    arrivals.take(came(100 + 2 * look, 0, 20_000 * look), LOOK_MS * look);
    return arrivals.carries;
  });
  assert.deepEqual(found, [0, 200_000, 200_000, 200_000]);
  arrivals.take(came(130, 0, 180_000), 500);
  assert.equal(arrivals.carries, (180_000 - 60_000) / 0.2);
  arrivals.take(came(135, 0, 200_000), 600);
  assert.equal(arrivals.carries, 0);
});

test("sound is stale when it waits long and the queue has been over for a while", () => {
  const arrivals = new Arrivals();
  let [packets, waited] = [100, 0];
  const look = (at, pace, wait) => {
    packets += pace;
    waited += pace * 960 * wait;
    arrivals.take(came(packets, 0, packets * 1_000, waited), at);
    return arrivals.isStale(at);
  };
  look(0, 5, 0.04);
  const late = [1, 1, 1, 9, 9, 9].map((pace, index) => look(100 * (index + 1), pace, index ? 0.3 : 0.04));
  assert.deepEqual(late, [false, false, false, false, false, false], "while it stands and just after");
  assert.equal(arrivals.queues, false);
  assert.equal(look(900, 15, 0.3), true);
  assert.equal(look(1_000, 5, 0.05), false);
});

test("packets that are lost are not late", () => {
  const arrivals = new Arrivals();
  arrivals.take(came(100), 0);
  for (let look = 1; look < 6; look += 1) {
    assert.equal(arrivals.take(came(100 + look * 2, look * 3), look * LOOK_MS), false);
  }
});

test("nothing is said before the length of a packet is known", () => {
  assert.ok(!looks([1, 1, 1, 1], new Arrivals(), 3).includes(true));
});

/** Ask every 200 ms for so many seconds; gives when it said yes, ms. */
function asks(freshener, sample, seconds, from = 10_000) {
  const said = [];
  for (let now = from; now < from + seconds * 1000; now += 200) {
    if (freshener.take(typeof sample === "function" ? sample(now) : sample, now)) said.push(now - from);
  }
  return said;
}

test("sound that is late is made fresh in the first pause of speech", () => {
  const spoken = (now) => ({ isDue: true, level: now < 10_600 ? 0.8 : 0.01 });
  assert.deepEqual(asks(new Freshener(0), spoken, 2), [600]);
  assert.deepEqual(asks(new Freshener(0), { isDue: false, level: 0 }, 5), []);
});

test("who speaks without a pause is not waited for for ever, and not cut again at once", () => {
  assert.deepEqual(asks(new Freshener(0), { isDue: true, level: 0.8 }, 8), [1_000, 6_000]);
});

test("the kind of sound changes for a moment and back, with its own bit rate", async () => {
  const codecs = ["audio/opus", "audio/red", "audio/PCMU"].map((mimeType) => ({ mimeType }));
  const uses = [];
  const sender = {
    encoding: { maxBitrate: 18_000 },
    getParameters: () => ({ codecs, encodings: [{ ...sender.encoding }] }),
    setParameters: async ({ encodings: [encoding] }) => {
      sender.encoding = encoding;
      uses.push([encoding.codec.mimeType, encoding.maxBitrate]);
    },
  };
  await freshen(sender);
  assert.deepEqual(uses, [["audio/PCMU", 64_000], ["audio/opus", 18_000]]);
});

test("a browser that knows no other codec is left alone", async () => {
  const sender = {
    getParameters: () => ({ codecs: [{ mimeType: "audio/opus" }], encodings: [{ maxBitrate: 18_000 }] }),
    setParameters: () => assert.fail("nothing is to be changed"),
  };
  await freshen(sender);
});
