// The check word: what two people read to each other to know that nobody sits between them.
//
// Each connection is encrypted for the certificate that its two descriptions name; whoever could
// change the descriptions on their way could stand in the middle, with a certificate of the own for
// each side. Both pages make a word from both certificates and from a random number of each. With
// somebody in the middle the two read different words: the one who offers binds itself to its
// number (by its hash) before the other tells its own, so that nobody can try numbers or
// certificates until two words are alike. One guess in 16 million is all that is left.
//
// Spoken over the connection itself: offerer {commit}, answerer {nonce}, offerer {nonce}.
import { signal } from "../vendor/ui.js";

/**
 * @typedef {{ syllables: string, digits: string }} Word three syllables (24 bits), and six digits
 *   for those who do not read Vietnamese
 * @typedef {{ own: string, other: string, nonce: string, commit: string, theirs: string }} Pair
 *   two certificates' fingerprints, the own number, and what the other end has said: it may say
 *   the same again, and nothing else
 */

/** Syllables without a tone mark, that no dialect takes for one another: 16 beginnings, 16 ends. */
const BEGINS = ["b", "ch", "đ", "g", "h", "c", "kh", "l", "m", "ng", "nh", "ph", "t", "th", "v", "x"];
const ENDS = ["a", "ai", "an", "âu", "ây", "em", "eo", "ê", "i", "ia", "iêu", "ong", "ôm", "ơi", "ưa", "ương"];
/** As they are written before e, ê and i. */
const BEFORE_E = /** @type {Record<string, string>} */ ({ g: "gh", c: "k", ng: "ngh" });

/** The other end says no more before it is answered. */
const MOST_UNHEARD = 2;
const HASH = /^[0-9a-f]{64}$/;
const NONCE = /^[0-9a-f]{32}$/;
const FINGERPRINT = /^a=fingerprint:/i;
const SHA_256 = /^a=fingerprint:sha-256 ([0-9a-f]{2}(?::[0-9a-f]{2}){31})\s*$/i;

/** @param {number} byte */
function syllable(byte) {
  const begin = /** @type {string} */ (BEGINS[byte >> 4]);
  const end = /** @type {string} */ (ENDS[byte & 15]);
  return (/^[eêi]/.test(end) ? BEFORE_E[begin] ?? begin : begin) + end;
}

/**
 * A description with no fingerprint but its SHA-256, so that this one alone admits the other end.
 * @param {string} sdp
 * @returns {{ sdp: string, fingerprint: string }}
 * @throws {Error} when there is none, or more than one certificate
 */
export function ofOneCertificate(sdp) {
  const lines = sdp.split(/\r\n|\r|\n/).filter(Boolean);
  const kept = lines.filter((line) => !FINGERPRINT.test(line) || SHA_256.test(line));
  const found = new Set(kept.flatMap((line) => SHA_256.exec(line)?.[1]?.toLowerCase() ?? []));
  const [fingerprint] = found;
  if (found.size !== 1 || !fingerprint) throw new Error("not one certificate");
  return { sdp: `${kept.join("\r\n")}\r\n`, fingerprint };
}

/** @param {Uint8Array} bytes */
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** @param {string} text */
async function sha256(text) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/** What binds an end to its number. @param {string} nonce */
export const commitmentTo = async (nonce) => hex(await sha256(nonce));

/**
 * The word of two certificates and two numbers; the order of the certificates is no matter.
 * @param {string[]} fingerprints
 * @param {string} offered the number of the end that offers
 * @param {string} answered
 * @returns {Promise<Word>}
 */
export async function wordOf(fingerprints, offered, answered) {
  const bytes = await sha256([...fingerprints].sort().concat(offered, answered).join("\n"));
  const number = new DataView(bytes.buffer).getUint32(3) % 1_000_000;
  return {
    syllables: Array.from(bytes.slice(0, 3), syllable).join(" "),
    digits: String(number).padStart(6, "0").replace(/(?=...$)/, " "),
  };
}

/** What this end is known by over all its connections; null where the browser makes none. */
export async function makeCertificate() {
  try {
    const kind = /** @type {EcKeyGenParams} */ ({ name: "ECDSA", namedCurve: "P-256" });
    return await RTCPeerConnection.generateCertificate(kind);
  } catch {
    return null;
  }
}

/** Whether a text of the connection is about the check word. @param {string} text */
export const isCheck = (text) => text.startsWith('{"kind":"check"');

/** One end's part in making the word, over all connections of its room. */
export class CheckWord {
  /** @param {boolean} offers this end makes the offers */
  constructor(offers) {
    /** What the person may read out; null before it is known. */
    this.word = signal(/** @type {Word | null} */ (null));
    this.offers = offers;
    this.pair = /** @type {Pair | null} */ (null);
    /** An end took back what it had said: no word is to be trusted. */
    this.spoilt = false;
    /** The present connection's certificates are known; it is open. */
    this.known = false;
    this.open = false;
    /** What came before they were. */
    this.unheard = /** @type {string[]} */ ([]);
  }

  /** Another connection begins: whose certificates meet in it is not known yet. */
  begin() {
    this.known = false;
    this.open = false;
    this.unheard = [];
  }

  /**
   * The connection is made between two certificates. The same two keep their word.
   * @param {string} own
   * @param {string} other
   * @returns {Promise<(string | null)[]>} what to say, if the connection was open before
   */
  between(own, other) {
    if (this.pair?.own !== own || this.pair.other !== other) {
      const nonce = hex(crypto.getRandomValues(new Uint8Array(16)));
      this.pair = { own, other, nonce, commit: "", theirs: "" };
      this.word.value = null;
      this.spoilt = false;
    }
    this.known = true;
    const unheard = this.unheard.splice(0).map((text) => this.heard(text));
    return Promise.all([...(this.open ? [this.opened()] : []), ...unheard]);
  }

  /** The connection is open. @returns {Promise<string | null>} what to say over it */
  async opened() {
    this.open = true;
    if (!this.known || !this.pair || !this.offers || !crypto.subtle) return null;
    return said({ commit: await commitmentTo(this.pair.nonce) });
  }

  /**
   * The other end has said something.
   * @param {string} text
   * @returns {Promise<string | null>} what to say back
   */
  async heard(text) {
    const { pair } = this;
    if (!this.known) this.unheard = [...this.unheard, text].slice(0, MOST_UNHEARD);
    if (!this.known || !pair || this.spoilt || !crypto.subtle) return null;
    const { commit, nonce } = read(text);
    if (HASH.test(commit) && !this.offers) return this.#bound(pair, commit);
    if (!NONCE.test(nonce)) return null;
    const isBound = this.offers || (await commitmentTo(nonce)) === pair.commit;
    if (!isBound || (pair.theirs && pair.theirs !== nonce)) return this.#spoil(pair);
    pair.theirs = nonce;
    const [offered, answered] = this.offers ? [pair.nonce, nonce] : [nonce, pair.nonce];
    const word = await wordOf([pair.own, pair.other], String(offered), String(answered));
    if (pair !== this.pair || this.spoilt) return null;
    this.word.value = word;
    return this.offers ? said({ nonce: pair.nonce }) : null;
  }

  /**
   * @param {Pair} pair
   * @param {string} commit
   */
  #bound(pair, commit) {
    if (pair.commit && pair.commit !== commit) return this.#spoil(pair);
    pair.commit = commit;
    return said({ nonce: pair.nonce });
  }

  /** @param {Pair} pair */
  #spoil(pair) {
    if (pair === this.pair) {
      this.spoilt = true;
      this.word.value = null;
    }
    return null;
  }
}

/** @param {{ commit: string } | { nonce: string }} what */
const said = (what) => JSON.stringify({ kind: "check", ...what });

/**
 * @param {string} text
 * @returns {{ commit: string, nonce: string }}
 */
function read(text) {
  try {
    const { commit, nonce } = JSON.parse(text);
    return { commit: String(commit), nonce: String(nonce) };
  } catch {
    return { commit: "", nonce: "" };
  }
}
