// A link and the two ends of a call, simulated millisecond by millisecond: frames and sound in one queue,
// a buffer that plays sound, the browser's own guess of the link. What the ends do comes from the pages'
// own modules. It stands for no browser in its figures; it shows what the pages' rules lead to.
import { encodingFor, under } from "../../static/shared/encoding.js";
import { Ladder } from "../../static/shared/ladder.js";
import { Pace } from "../../static/shared/pace.js";

/** How long a packet waits at most before a link drops it, and its way beyond; ms. */
const QUEUE_MS = 400;
const WAY_MS = 5;
/** What passes at once, however slow the link is; bits. */
const BURST = 24_000;
/** What a packet takes beside what is in it, and its largest content; bits. */
const HEADS = 74 * 8;
const CONTENT = 9_000;
/** What an end says of itself; bits. */
const STATE = 1_700;
const SOUND_MS = 20;
/** What the codec takes that stands in for a moment, and that moment; bit/s, ms. */
const OTHER = 64_000;
const MOMENT_MS = 90;
/** Sound that waits before the buffer plays: at first, and after it was thrown away; packets. */
const FILLED = { first: 3, again: 2 };

/** One direction of a link. */
class Wire {
  constructor() {
    this.rate = 0;
    this.queue = [];
    this.bits = 0;
    this.credit = 0;
    this.underWay = [];
  }

  /** Give whether there was room. */
  send(packet) {
    if (this.bits + packet.bits > (this.rate * QUEUE_MS) / 1000 + BURST) return false;
    this.queue.push(packet);
    this.bits += packet.bits;
    return true;
  }

  /** Give what arrives now. */
  tick(now) {
    this.credit = Math.min(this.credit + this.rate / 1000, BURST);
    while (this.queue.length && this.credit >= this.queue[0].bits) {
      const packet = this.queue.shift();
      this.credit -= packet.bits;
      this.bits -= packet.bits;
      this.underWay.push({ at: now + WAY_MS, packet });
    }
    const due = [];
    while (this.underWay.length && this.underWay[0].at <= now) due.push(this.underWay.shift().packet);
    return due;
  }

  /** How long a packet waits that is sent now; ms. */
  get wait() {
    return (1000 * this.bits) / this.rate;
  }
}

/** What a receiver does with sound: it keeps what came, and makes up what is not there in its turn. */
class Buffer {
  constructor() {
    this.kept = [];
    this.playsAt = null;
    this.filled = FILLED.first;
    this.next = 0;
    this.wasOther = false;
    this.came = { packets: 0, lost: 0, emitted: 0, bits: 0, waited: 0 };
    this.madeUp = 0;
    this.played = 0;
  }

  take({ number, isOther }, now) {
    this.came.lost += Math.max(0, number - this.next);
    this.came.packets += 1;
    this.next = number + 1;
    if (isOther && !this.wasOther) Object.assign(this, { kept: [], playsAt: null, filled: FILLED.again });
    this.wasOther = isOther;
    this.kept.push(now);
    if (this.playsAt === null && this.kept.length >= this.filled) this.playsAt = now;
  }

  tick(now) {
    if (this.playsAt === null || now < this.playsAt) return;
    this.playsAt = now + SOUND_MS;
    this.played += 1;
    const cameAt = this.kept.shift();
    if (cameAt === undefined) {
      this.madeUp += 1;
      return;
    }
    this.came.emitted += 48 * SOUND_MS;
    this.came.waited += (48 * SOUND_MS * (now - cameAt)) / 1000;
  }
}

/** One end: its page's rules, its encoders, its buffer. */
class End {
  constructor({ most, content, random }) {
    this.random = random;
    this.content = content;
    this.ladder = new Ladder(Math.min(300_000, most), most, 0);
    this.pace = new Pace(this.ladder, 0);
    this.buffer = new Buffer();
    this.out = new Wire();
    this.paced = [];
    this.looks = 0;
    this.numbers = 0;
    this.frameAt = 0;
    this.scale = 1;
    this.toldAt = 0;
    this.otherUntil = 0;
    this.stillUntil = 0;
    this.deafUntil = 0;
    this.given = 0;
    this.guess = 600_000;
    this.before = { madeUp: 0, played: 0 };
    this.waits = [];
    this.got = [0];
  }

  get sent() {
    return under(this.ladder, "video");
  }

  /** This computer does nothing for so long, and all of it late then. */
  standStill(now, ms) {
    this.stillUntil = now + ms;
  }

  /** This computer's microphone loses so much, for good. */
  loseSound(now, ms) {
    this.deafUntil = now + ms;
  }

  tick(now) {
    this.buffer.tick(now);
    if (now % SOUND_MS === 0 && now >= this.deafUntil) this.#speak(now);
    this.#film(now);
    this.paced.sort((one, other) => one.at - other.at);
    while (now >= this.stillUntil && this.paced.length && this.paced[0].at <= now) {
      const { packet } = this.paced.shift();
      // A picture's part that is lost is asked for again.
      if (!this.out.send(packet) && packet.part) this.paced.push({ at: now + this.out.wait + 60, packet });
    }
    if (now % 200 === 0) this.#guessWay(now);
    if (now % 100 === 0) this.#look(now);
  }

  #speak(now) {
    const isOther = now < this.otherUntil;
    const rate = isOther ? OTHER : encodingFor("audio", this.sent).maxBitrate;
    const bits = (rate * SOUND_MS) / 1000 + HEADS;
    this.paced.push({ at: now, packet: { sound: { number: this.numbers, isOther }, bits } });
    this.numbers += 1;
    this.given += SOUND_MS / 1000;
  }

  #film(now) {
    const { active, maxBitrate, maxFramerate, scaleResolutionDownBy } = encodingFor("video", this.sent);
    if (!active || now < this.frameAt) return;
    this.frameAt = now + 1000 / maxFramerate;
    const isKey = scaleResolutionDownBy !== this.scale;
    this.scale = scaleResolutionDownBy;
    const wanted = (1.5 * this.content) / this.scale ** 2;
    const rate = Math.max(15_000, Math.min(maxBitrate, wanted, this.guess - 40_000));
    const bits = ((isKey ? 3 : 1) * (0.8 + 0.4 * this.random()) * rate) / maxFramerate;
    const parts = Math.ceil(bits / CONTENT);
    for (let part = 0; part < parts; part += 1) {
      const packet = { part: true, bits: bits / parts + HEADS };
      this.paced.push({ at: now + (part * 20) / parts, packet });
    }
  }

  /** What a browser thinks the way out carries: late, low in a queue, and not far above what goes out. */
  #guessWay(now) {
    this.waits = [...this.waits, this.out.wait].slice(-6);
    this.got = [...this.got, this.other.buffer.came.bits].slice(-6);
    const lag = 1 + Math.round(this.out.wait / 200);
    const [old, older] = [this.waits.at(-1 - lag) ?? 0, this.waits.at(-2 - lag) ?? 0];
    const carried = (this.got.at(-1) - this.got[0]) / (0.2 * Math.max(1, this.got.length - 1));
    const most = 1.5 * carried + 20_000;
    if (old > 25 && old >= older - 5) this.guess = Math.min(this.guess, 0.85 * carried);
    else if (this.guess < most) this.guess = Math.min(1.016 * this.guess + 500, most);
    if (now % 5_000 === 0 && this.out.wait < 5) this.guess = Math.max(this.guess, Math.min(2 * this.guess, 0.9 * this.out.rate));
    this.guess = Math.max(this.guess, 30_000);
  }

  /** What the page does at each of its looks, as in `connection.js`. */
  #look(now) {
    const { pace, buffer } = this;
    const heard = pace.heard({ ...buffer.came }, now);
    const isNews = pace.spoke({ lasted: this.given, at: now }, now) || heard;
    if (now % 500 === 0) {
      const played = buffer.played - this.before.played;
      pace.makesUp(played ? (buffer.madeUp - this.before.madeUp) / played : 0);
      this.before = { madeUp: buffer.madeUp, played: buffer.played };
    }
    if (isNews || now - this.toldAt >= 1_000) this.#tell(now);
    this.looks += 1;
    if (pace.queues || this.looks % 2) pace.sent({ available: this.guess, lost: 0, trip: 0 }, now);
    // Speech with a pause every second.
    if (pace.freshens(Math.floor(now / 500) % 2, now)) this.otherUntil = now + MOMENT_MS;
  }

  #tell(now) {
    this.paced.push({ at: now, packet: { state: { ...this.pace.own }, bits: STATE } });
    this.toldAt = now;
  }

  take({ sound, state, bits }, now) {
    this.buffer.came.bits += bits;
    if (sound) this.buffer.take(sound, now);
    if (state && this.pace.told(state, now)) this.#tell(now);
  }
}

/** A source of chance that gives the same each time. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

/** A call on a link, from its beginning. */
export class Call {
  /** `content` is what the pictures of a camera take, bit/s. */
  constructor({ content = 350_000, seed = 1 } = {}) {
    const random = chance(seed);
    this.phone = new End({ most: 600_000, content, random });
    this.desk = new End({ most: 800_000, content, random });
    this.phone.other = this.desk;
    this.desk.other = this.phone;
    this.now = 0;
  }

  /**
   * Go on for so many seconds on a link that carries `up` from the phone and `down` to it; give what both
   * heard of it: how long sound waited, ms, the share made up, and when the link was last full, s.
   */
  run(seconds, up, down = up) {
    this.phone.out.rate = up;
    this.desk.out.rate = down;
    const began = this.now;
    const ends = [this.phone, this.desk];
    const counts = () => ends.map(({ buffer }) => ({ ...buffer.came, madeUp: buffer.madeUp, played: buffer.played }));
    const first = counts();
    const fullAt = [0, 0];
    for (const until = this.now + 1000 * seconds; this.now < until; this.now += 1) {
      for (const end of ends) end.tick(this.now);
      ends.forEach((end, index) => {
        for (const packet of end.out.tick(this.now)) end.other.take(packet, this.now);
        if (end.out.wait > 100) fullAt[index] = (this.now - began) / 1000;
      });
    }
    const last = counts();
    return ends.map((end, index) => {
      const grew = (name) => last[index][name] - first[index][name];
      return {
        delay: (1000 * grew("waited")) / Math.max(1, grew("emitted")),
        madeUp: grew("madeUp") / Math.max(1, grew("played")),
        fullAt: fullAt[index],
      };
    });
  }
}
