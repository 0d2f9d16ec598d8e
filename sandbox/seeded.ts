import { hash } from "node:crypto";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Repeatable chance: two dice made from the same words fall the same way for ever. */
export interface Dice {
  /** A number in [0, 1). */
  readonly next: () => number;
  /** A whole number in [0, `bound`). */
  readonly below: (bound: number) => number;
  /** A draw from the standard normal distribution (Box and Muller, 1958). */
  readonly normal: () => number;
  /** `length` letters and digits, as providers use them in ids. */
  readonly id: (length: number) => string;
}

/** Dice that depend on nothing but `words`. Generator: mulberry32, seeded from SHA-256. */
export function diceFor(...words: readonly string[]): Dice {
  let state = Number.parseInt(hash("sha256", words.join("\u0000")).slice(0, 8), 16);
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
  const below = (bound: number): number => Math.floor(next() * bound);
  return {
    next,
    below,
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    id: (length) => Array.from({ length }, () => letters.charAt(below(letters.length))).join(""),
  };
}
