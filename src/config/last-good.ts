import { isJsonObject, parseJson } from "../kernel/json.ts";
import type { WrittenTree } from "./parse.ts";

/** A configuration that has proved itself, as it is kept for the next start: references stay, what they name does not. */
export interface LastGood {
  /** The file it was read from, absolute. */
  readonly file: string;
  /** ISO 8601. */
  readonly keptAt: string;
  readonly tree: unknown;
}

/** Makes a digest that only this installation can make. */
export type Seal = (text: string) => string;

const format = "sallyport-last-good/1";

/** Whether a configuration may be kept: written-out credentials must not come to stand in a second file. */
export function mayBeKept({ literals }: WrittenTree): boolean {
  return literals.length === 0;
}

/** The text of `last-good.json`. */
export function printLastGood({ file, keptAt, tree }: LastGood, seal: Seal): string {
  const body = { format, file, keptAt, tree };
  return `${JSON.stringify({ ...body, seal: sealOf(body, seal) }, null, 1)}\n`;
}

/** Reads what `printLastGood` wrote; `undefined` when it was damaged or changed since. */
export function readLastGood(text: string, seal: Seal): LastGood | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value) || value["format"] !== format) return undefined;
  const { file, keptAt, tree } = value;
  if (typeof file !== "string" || typeof keptAt !== "string") return undefined;
  return value["seal"] === sealOf({ format, file, keptAt, tree }, seal) ? { file, keptAt, tree } : undefined;
}

function sealOf(body: LastGood & { readonly format: string }, seal: Seal): string {
  const { file, keptAt, tree } = body;
  return seal(`last-good\0${JSON.stringify([body.format, file, keptAt, tree])}`);
}

/** Sums since the process began. */
export interface Counted {
  readonly requests: number;
  readonly errors: number;
}

const errorsMin = 5;
const shareRise = 0.05;

/** Errors among requests, 0 to 1; 0 of none. */
export const errorShare = ({ requests, errors }: Counted): number => (requests === 0 ? 0 : errors / requests);

/**
 * Whether errors have risen between two counts: at least five more, and their share of the requests more than five
 * percentage points above the usual share.
 */
export function haveErrorsRisen({
  start,
  now,
  usualShare,
}: {
  readonly start: Counted;
  readonly now: Counted;
  readonly usualShare: number;
}): boolean {
  const between = { requests: now.requests - start.requests, errors: now.errors - start.errors };
  return between.errors >= errorsMin && errorShare(between) > usualShare + shareRise;
}
