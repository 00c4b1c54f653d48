// A queue on the sound's way, and sound that is made fresh again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Arrivals, Freshener, freshen } from "../../static/shared/sound_line.js";

const LOOK_MS = 100;
/** Packets of 20 ms that came so far: 960 samples of each were played. */
const came = (packets, lost = 0) => ({ packets, lost, emitted: packets * 960 });

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

test("a link that carries a third of what is sent is noticed within three looks, and as long as it stands", () => {
  const found = looks([5, 1, 2, 2, 5, 5, 9, 9]);
  assert.deepEqual(found, [false, false, true, true, true, true, true, false]);
});

test("a computer that stood still is no queue", () => {
  assert.ok(!looks([5, 0, 0, 0, 20, 5, 5]).includes(true), "nothing came, then all at once");
  assert.ok(!looks([5, 1, 5, 5, 5]).includes(true), "one look was short");
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

test("sound that is late is made fresh in the first pause of speech, once all is well", () => {
  const spoken = (now) => ({ late: 0.4, level: now < 10_600 ? 0.8 : 0.01, badAt: 9_000 });
  assert.deepEqual(asks(new Freshener(0), spoken, 2), [600]);
  const bad = (now) => ({ late: 0.4, level: 0, badAt: now });
  assert.deepEqual(asks(new Freshener(0), bad, 5), []);
  assert.deepEqual(asks(new Freshener(0), { late: 0.08, level: 0, badAt: 0 }, 5), []);
});

test("who speaks without a pause is not waited for for ever, and not cut again at once", () => {
  assert.deepEqual(asks(new Freshener(0), { late: 0.4, level: 0.8, badAt: 0 }, 8), [1_000, 6_000]);
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
