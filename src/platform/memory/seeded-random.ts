import type { Random } from "../../ports/random.ts";

/**
 * Random bytes that are the same for the same seed: for tests and simulations, never for secrets.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014; the 32-bit form `mulberry32`.
 */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    bytes: (length) => {
      const out = new Uint8Array(length);
      for (let index = 0; index < length; index += 1) out[index] = next() >>> 24;
      return out;
    },
  };
}
