import { bias, bucketBits, scale, weights } from "./ngram-weights.ts";

/** Text is read up to here. */
const lengthMax = 4000;
const mask = 2 ** bucketBits - 1;

/** Counts of the hashed runs of 3 to 5 characters of a text in lower case, blanks run together; each counts once. */
export function bucketsOf(text: string): ReadonlySet<number> {
  const plain = ` ${text.slice(0, lengthMax).toLowerCase().replaceAll(/\s+/g, " ")} `;
  const found = new Set<number>();
  for (let at = 0; at < plain.length; at += 1) {
    let hash = 0x811c9dc5;
    for (let length = 1; length <= 5 && at + length <= plain.length; length += 1) {
      hash = Math.imul(hash ^ plain.charCodeAt(at + length - 1), 0x01000193);
      if (length >= 3) found.add((hash ^ (hash >>> 15)) & mask);
    }
  }
  return found;
}

/** The probability by logistic regression; each run weighs by one over the root of how many there are. */
export function ngramScore(text: string): number {
  const buckets = bucketsOf(text);
  let sum = 0;
  for (const bucket of buckets) sum += weights[bucket] ?? 0;
  return 1 / (1 + Math.exp(-(bias + (sum * scale) / Math.sqrt(Math.max(1, buckets.size)))));
}
