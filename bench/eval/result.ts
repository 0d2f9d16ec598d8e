import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One figure: ours, and what stands beside it. Less is better unless it is said to be more. */
export interface Measured {
  readonly name: string;
  readonly isMoreBetter?: boolean;
  readonly ours: number;
  /** Over seeds. */
  readonly range?: readonly [least: number, most: number];
  readonly baselines: Readonly<Record<string, number>>;
  readonly published: string;
  readonly must: number;
  readonly aim: number;
}

/** One evaluation. */
export interface EvalResult {
  readonly name: string;
  readonly caveat: string;
  readonly data: readonly string[];
  readonly rows: readonly Measured[];
}

/** A data file by name and the first digits of its SHA-256. */
export function fileDigest(folder: string, file: string): string {
  const digest = createHash("sha256")
    .update(readFileSync(join(folder, file)))
    .digest("hex");
  return `${file} ${digest.slice(0, 12)}`;
}

/** Numbers in [0, 1), the same for the same seed. Source: mulberry32, T. Ettinger. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Whether a figure reaches what it must, or what it aims at. */
export const reaches = ({ ours, isMoreBetter }: Measured, bound: number): boolean =>
  isMoreBetter === true ? ours >= bound : ours <= bound;

export const isMet = (row: Measured): boolean => reaches(row, row.must);
