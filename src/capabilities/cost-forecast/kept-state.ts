import * as z from "zod";
import type { ScopeDays } from "./ledger.ts";
import { costForecastBounds } from "./settings.ts";

const { days: daysKept, scopesMax } = costForecastBounds;

const whole = z.int().min(0);
const ofDays = ({ length }: { readonly length: number }): boolean => length === daysKept;

const scope = z.object({
  since: whole,
  days: z.instanceof(Int32Array).refine(ofDays),
  nanoUsd: z.instanceof(BigInt64Array).refine((sums) => ofDays(sums) && sums.every((sum) => sum >= 0n)),
  calls: z.instanceof(Uint32Array).refine(ofDays),
  unpriced: z.instanceof(Uint32Array).refine(ofDays),
});

const kept = z.object({
  version: z.literal(1),
  scopes: z.map(z.string(), scope).refine(({ size }) => size <= scopesMax + 1),
  up: z.map(whole, z.number().min(0)).refine(({ size }) => size <= 2 * daysKept),
});

/** Daily spend, and how long the gateway was up, as they are stored. */
export interface KeptSpend {
  readonly version: 1;
  readonly scopes: ReadonlyMap<string, ScopeDays>;
  /** By UTC day since 1970, ms. */
  readonly up: ReadonlyMap<number, number>;
}

/** What was stored, checked; `undefined`: it is none of ours, or broken. */
export function readKeptSpend(value: unknown): KeptSpend | undefined {
  const result = kept.safeParse(value);
  return result.success ? result.data : undefined;
}
