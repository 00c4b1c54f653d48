// Sentences as the recorded voice says them: fixed pieces, and numbers word by word.
//
// The pieces are named after the catalogue, so that `record.py` makes exactly those asked for here.

/** What recordings are made of. @typedef {{ key: string, params: Record<string, number> }} Sentence */

/**
 * The recordings that say a sentence, in order.
 * @param {Sentence} sentence
 * @param {string} template the sentence of the catalogue, with its placeholders
 * @returns {string[]}
 */
export function piecesOf({ key, params }, template) {
  return template.split(/(\{\w+\})/).flatMap((part, index) => {
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name) return numberPieces(params[name] ?? 0);
    return /\p{L}/u.test(part) ? [`${key.replace("read.", "")}-${index / 2}`] : [];
  });
}

/** @param {string} word */
const piece = (word) => `n.${word}-0`;

/**
 * A number in Vietnamese, up to 99.999: 21 is "hai mươi mốt", 105 "một trăm linh năm".
 * @param {number} n
 * @returns {string[]}
 */
export function numberPieces(n) {
  const thousands = Math.floor(n / 1000);
  const rest = n % 1000;
  const high = thousands ? [...hundreds(thousands, false), "thousand"] : [];
  const low = rest || !thousands ? hundreds(rest, thousands > 0) : [];
  return [...high, ...low].map(piece);
}

/**
 * @param {number} n below 1000
 * @param {boolean} isAfter thousands were said: an empty place is said too
 */
function hundreds(n, isAfter) {
  const first = Math.floor(n / 100);
  const hundred = first || isAfter ? [String(first), "hundred"] : [];
  if (n % 100 === 0 && hundred.length) return hundred;
  return [...hundred, ...tens(n % 100, hundred.length > 0)];
}

/**
 * @param {number} n below 100
 * @param {boolean} isAfter a hundred was said
 */
function tens(n, isAfter) {
  const [ten, one] = [Math.floor(n / 10), n % 10];
  if (ten === 0) return [...(isAfter ? ["odd"] : []), String(one)];
  const last = one === 0 ? [] : one === 5 ? ["five"] : one === 1 && ten > 1 ? ["one"] : [String(one)];
  return [...(ten === 1 ? ["10"] : [String(ten), "tens"]), ...last];
}
