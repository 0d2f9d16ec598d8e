import { diceFor } from "../seeded.ts";
import { tokenize } from "../tokens.ts";

/** How many dimensions a vector has unless fewer are asked for: those of `text-embedding-3-small`. */
export const nativeDimensions = 1_536;

const featuresPerWord = 24;
const noise = 0.1;

/** What a vector depends on besides its text. */
export interface VectorSettings {
  readonly seed: number;
  /** From 1 to `nativeDimensions`; fewer are the first of the full vector, brought to length 1 again. */
  readonly dimensions: number;
}

/**
 * The embedding of a text: a vector of length 1 whose numbers are single-precision floats in their decimal form.
 * Every word adds or takes one in a few places of its own, so that texts with words in common are near each other; a
 * little noise made from the whole text keeps different texts apart.
 */
export function vectorOf(text: string, { seed, dimensions }: VectorSettings): readonly number[] {
  const full = new Float64Array(nativeDimensions);
  const own = diceFor(String(seed), "text", text);
  for (let at = 0; at < full.length; at += 1) full[at] = noise * (2 * own.next() - 1);
  for (const [word, times] of wordsOf(text)) {
    const dice = diceFor(String(seed), "word", word);
    for (let feature = 0; feature < featuresPerWord; feature += 1) {
      const at = dice.below(nativeDimensions);
      full[at] = (full[at] ?? 0) + (dice.next() < 0.5 ? -times : times);
    }
  }
  const kept = full.subarray(0, dimensions);
  const length = Math.sqrt(kept.reduce((sum, value) => sum + value * value, 0)) || 1;
  return Array.from(kept, (value) => rounded(value / length));
}

function wordsOf(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokenize(text.toLowerCase())) {
    const word = token.replaceAll(/[^\p{L}\p{N}]+/gu, "");
    if (word !== "") counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Seven decimals: few enough to be the shortest form of a single-precision float, enough that no two floats share one. */
const rounded = (value: number): number => Math.round(value * 1e7) / 1e7;

/** The vector as little-endian single-precision floats in base64. */
export function packed(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
