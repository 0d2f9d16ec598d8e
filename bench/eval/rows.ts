import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Features, featuresOfPrompt } from "../../src/capabilities/routing/learned.ts";
import { seeded } from "./result.ts";

/** One prompt and whether the weak and the strong model answered it well, 0 or 1. */
export interface PairRow {
  readonly features: Features;
  readonly weak: number;
  readonly strong: number;
  readonly subject: string;
}

/** One prompt and what each model's answer was worth (0 to 1) and cost (US dollars). */
export interface PricedRow {
  readonly features: Features;
  readonly arms: Readonly<Record<string, readonly [reward: number, usd: number]>>;
}

function linesOf(folder: string, file: string): readonly string[] {
  return gunzipSync(readFileSync(join(folder, file)))
    .toString("utf8")
    .trim()
    .split("\n");
}

export function pairRows(folder: string, file: string): readonly PairRow[] {
  return linesOf(folder, file).map((line) => {
    const row: Omit<PairRow, "features"> & { readonly prompt: string } = JSON.parse(line);
    return {
      features: featuresOfPrompt(row.prompt),
      weak: row.weak,
      strong: row.strong,
      subject: row.subject,
    };
  });
}

export function pricedRows(folder: string, file: string): readonly PricedRow[] {
  return linesOf(folder, file).map((line) => {
    const row: Omit<PricedRow, "features"> & { readonly prompt: string } = JSON.parse(line);
    return { features: featuresOfPrompt(row.prompt), arms: row.arms };
  });
}

/** The rows in an order that the seed decides. Source: Fisher and Yates, as Durstenfeld has it. */
export function shuffled<Row>(rows: readonly Row[], seed: number): readonly Row[] {
  const random = seeded(seed);
  const order = [...rows];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [left, right] = [order[last], order[other]];
    if (left === undefined || right === undefined) continue;
    order[last] = right;
    order[other] = left;
  }
  return order;
}

/** Cuts into `count` parts of about one size. */
export function folds<Row>(rows: readonly Row[], count: number): readonly (readonly Row[])[] {
  const at = (part: number): number => Math.floor((rows.length * part) / count);
  return Array.from({ length: count }, (_, part) => rows.slice(at(part), at(part + 1)));
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

export const range = (values: readonly number[]): readonly [number, number] => [
  Math.min(...values),
  Math.max(...values),
];
