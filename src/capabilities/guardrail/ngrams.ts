import { bias, bucketBits, scale, weights } from "./ngram-weights.ts";

/** Of a longer text its beginning and its end are read, where it says what it wants: so many characters of each. */
const lengthMax = 4000;
const mask = 2 ** bucketBits - 1;
const prime = 0x01000193;
const offset = 0x811c9dc5;

/** Room for one text; what this file does it does at once, so that one room is enough. A character in lower case may be three. */
const codes = new Uint16Array(3 * lengthMax + 2);
/** In which text each bucket was met last, 1 to 255: nothing has to be cleared between two. */
const metIn = new Uint8Array(2 ** bucketBits);
let texts = 0;

interface Counted {
  readonly sum: number;
  readonly count: number;
}

/** The buckets of the hashed runs (FNV-1a) of 3 to 5 characters of a text, each once: how many, and the sum of their weights. */
function count(text: string, tell?: (bucket: number) => void): Counted {
  const length = readCodes(text);
  texts = (texts % 255) + 1;
  if (texts === 1) metIn.fill(0);
  let sum = 0;
  let found = 0;
  const take = (hash: number): void => {
    const bucket = (hash ^ (hash >>> 15)) & mask;
    if (metIn[bucket] === texts) return;
    metIn[bucket] = texts;
    found += 1;
    sum += weights[bucket] ?? 0;
    tell?.(bucket);
  };
  for (let at = 0; at + 3 <= length; at += 1) {
    const two = Math.imul(Math.imul(offset ^ codeOf(at), prime) ^ codeOf(at + 1), prime);
    const three = Math.imul(two ^ codeOf(at + 2), prime);
    take(three);
    if (at + 4 > length) continue;
    const four = Math.imul(three ^ codeOf(at + 3), prime);
    take(four);
    if (at + 5 <= length) take(Math.imul(four ^ codeOf(at + 4), prime));
  }
  return { sum, count: found };
}

const codeOf = (at: number): number => codes[at] ?? 0;

/** In lower case, blanks run together, one before and one behind; returns how many there are. */
function readCodes(text: string): number {
  const lower = text.slice(0, lengthMax).toLowerCase();
  let length = 1;
  codes[0] = 0x20;
  let isBlank = false;
  for (let at = 0; at < lower.length; at += 1) {
    const code = lower.charCodeAt(at);
    const wasBlank = isBlank;
    isBlank = code === 0x20 || (code < 0x0e && code > 0x08) || (code >= 0xa0 && isRareBlank(code));
    if (isBlank && wasBlank) continue;
    codes[length] = isBlank ? 0x20 : code;
    length += 1;
  }
  codes[length] = 0x20;
  return length + 1;
}

const isRareBlank = (code: number): boolean =>
  code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));

/** The buckets of a text, for training. */
export function bucketsOf(text: string): ReadonlySet<number> {
  const found = new Set<number>();
  count(text, (bucket) => found.add(bucket));
  return found;
}

/** The probability by logistic regression; each run weighs by one over the root of how many there are. */
export function ngramScore(text: string): number {
  const head = probabilityOf(text);
  return text.length <= lengthMax ? head : Math.max(head, probabilityOf(text.slice(-lengthMax)));
}

function probabilityOf(text: string): number {
  const { sum, count: found } = count(text);
  return 1 / (1 + Math.exp(-(bias + (sum * scale) / Math.sqrt(Math.max(1, found)))));
}
