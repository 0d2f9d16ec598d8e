import * as z from "zod";

const kept = z.object({
  version: z.literal(1),
  windowMs: z.number().min(1),
  /** End of the last window, ms since 1970. */
  at: z.number().min(0),
  pools: z.map(z.string(), z.instanceof(Float64Array)),
});

/** Rates of all pools, as they are stored. */
export interface KeptDemand {
  readonly version: 1;
  readonly windowMs: number;
  readonly at: number;
  readonly pools: ReadonlyMap<string, Float64Array>;
}

/** What was stored, checked; `undefined`: it is none of ours, or broken. */
export function readKeptDemand(value: unknown): KeptDemand | undefined {
  const result = kept.safeParse(value);
  return result.success ? result.data : undefined;
}
