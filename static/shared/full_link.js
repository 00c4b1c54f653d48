// What is known of a link since it was last full: only then does it show how much it carries.

/** What sound takes of it, with every head that a link counts; bit/s. */
const SOUND = 50_000;
/** The picture's share of the rest: the queue must go, and a link that fell may fall again. One that still
 * carries much has more to spare. */
const SHARE = 0.4;
const AMPLE_SHARE = 0.5;
/** What is left of a share that was too much, and what comes within this time is its fault; ms. */
const LESS = 0.6;
const FAULT_MS = 4_000;
/** A queue that was emptied is over after so long: the picture takes its share; ms. */
const EMPTIED_MS = 1_000;
/** What comes through a link that is known shows something new only where less comes than is sent, this
 * share of it at most; so long what was sent before is still under way, or word of it; ms. */
const LESS_COMES = 0.85;
const UNDER_WAY_MS = 1_500;
/** For so long a link is taken to carry no more, and one that carries so much for less; ms, bit/s. */
const KNOWN_MS = 20_000;
const AMPLE_MS = 10_000;
const AMPLE = 250_000;
/** A queue that goes so much faster than it came through was none: a computer stood still. So it did
 * when the queue was gone before anybody can have emptied it, which is believed now and then, and always
 * where a microphone explains it; ms. */
const BURST = 2;
const BRIEF_MS = 300;
const EXPLAINED_MS = 500;
const BELIEVED_MS = 10_000;
/** Looks at a queue follow each other within this time; ms. */
const LOOKS_MS = 500;

/** A link's memory of its last full moment. */
export class FullLink {
  constructor() {
    /** What came through; bit/s, 0: nothing is known. */
    this.carries = 0;
    /** When something was last learned; ms. */
    this.at = -Infinity;
    /** Since when its last queue stands, and until when it stood; ms. */
    this.since = -Infinity;
    this.stoodAt = -Infinity;
    this.believedAt = -Infinity;
    /** The part of its share that is taken: less than all where that was too much. */
    this.taking = 1;
    this.takenAt = -Infinity;
    /** What was known when the queue began, and the picture then: a queue that was none leaves that. */
    this.before = { carries: 0, taking: 1, at: -Infinity, cap: 0 };
  }

  /** @param {number} now ms @returns {boolean} whether anything is known */
  isKnown(now) {
    if (this.carries && now - this.at >= (this.carries < AMPLE ? KNOWN_MS : AMPLE_MS)) this.forget();
    return this.carries > 0;
  }

  /**
   * A queue stands.
   * @param {number} cap the picture now; bit/s
   * @param {number} now ms
   * @returns {boolean} whether it is another than before
   */
  stands(cap, now) {
    const isAnother = now - this.stoodAt > LOOKS_MS;
    this.stoodAt = now;
    if (!isAnother) return false;
    const { carries, taking, at } = this;
    this.before = { carries, taking, at, cap };
    this.since = now;
    return true;
  }

  /**
   * Learn from a queue that stands, if it says anything new: a computer that stands still again and again
   * is late with all that it sends, and is not to send less and less for it.
   * @param {number} carries what comes through; bit/s
   * @param {number} cap the picture now; bit/s
   * @param {number} now ms
   * @returns {boolean} whether it was learned
   */
  hear(carries, cap, now) {
    const { before } = this;
    const first = before.carries ? before.cap : Infinity; // of a link that was known
    const sent = now - this.since > UNDER_WAY_MS ? Math.min(first, cap) : first;
    this.at = now;
    if (carries >= LESS_COMES * (sent + SOUND)) return false;
    this.#learn(carries, now);
    return true;
  }

  /**
   * @param {number} carries bit/s
   * @param {number} now ms
   */
  #learn(carries, now) {
    if (now - this.takenAt < FAULT_MS) this.taking *= LESS;
    this.takenAt = -Infinity;
    this.carries = carries;
    this.at = now;
  }

  /**
   * The browser thinks less of it.
   * @param {number} carries bit/s
   * @param {number} now ms
   */
  lessen(carries, now) {
    this.#learn(Math.min(this.carries, carries), now);
    this.since = -Infinity;
  }

  forget() {
    this.carries = 0;
    this.taking = 1;
  }

  /** The last queue was none. @returns {number} the picture before it; bit/s */
  unlearn() {
    const { carries, taking, at, cap } = this.before;
    Object.assign(this, { carries, taking, at });
    return cap;
  }

  /** The picture's part of what is known; bit/s. */
  get part() {
    const share = this.carries < AMPLE ? SHARE : AMPLE_SHARE;
    return this.taking * share * (this.carries - SOUND);
  }

  /** Whether its queue has gone. @param {number} now ms */
  isEmptied(now) {
    return now - this.at >= EMPTIED_MS;
  }

  /** The picture has taken its part. @param {number} now ms */
  taken(now) {
    this.takenAt = now;
  }

  /**
   * Whether it was no full link, now that no queue stands.
   * @param {number} moment what came in the queue's last moment; bit/s, 0: not known
   * @param {boolean} isExplained whether something else explains a queue that did not stand long
   * @param {number} now ms
   */
  wasStall(moment, isExplained, now) {
    if (!this.carries || now - this.stoodAt > LOOKS_MS) return false;
    if (moment > BURST * this.carries) return true;
    const lasted = this.stoodAt - this.since;
    if (isExplained && lasted <= EXPLAINED_MS) return true;
    if (lasted > BRIEF_MS || now - this.believedAt < BELIEVED_MS) return false;
    this.believedAt = now;
    return true;
  }
}
