import * as z from "zod";
import { type CoolReason, coolReasons } from "./cool-downs.ts";
import type { KeptFirsts } from "./first-limits.ts";

/** A cool-down as it is stored. */
export interface KeptCoolDown {
  /** `provider/model`, or `provider` for its credential. */
  readonly scope: string;
  /** Which account of the provider it was told of. */
  readonly account: string;
  /** ms since 1970. */
  readonly until: number;
  readonly reason: CoolReason;
}

/** Cool-downs that outlive the process. */
export interface KeptCoolDowns {
  readonly version: 1;
  readonly coolDowns: readonly KeptCoolDown[];
}

/** What first words took, to outlive the process; each with the account of its provider. */
export interface KeptFirstLimits {
  readonly version: 1;
  readonly firsts: readonly (KeptFirsts & { readonly account: string })[];
}

const keptFirsts = z.object({
  version: z.literal(1),
  firsts: z.array(
    z.object({
      target: z.string().min(1),
      account: z.string(),
      size: z.int().min(0).max(4),
      generation: z.int().min(0),
      counts: z.array(z.tuple([z.int().min(0), z.int().min(1).max(65_535)])),
    }),
  ),
});

const kept = z.object({
  version: z.literal(1),
  coolDowns: z.array(
    z.object({
      scope: z.string().min(1),
      account: z.string(),
      until: z.number().min(0),
      reason: z.enum(coolReasons),
    }),
  ),
});

/** What was stored, checked; `undefined`: it is none of ours, or broken. */
export function readKeptFirsts(value: unknown): KeptFirstLimits | undefined {
  const result = keptFirsts.safeParse(value);
  return result.success ? result.data : undefined;
}

/** As above, of cool-downs. */
export function readKept(value: unknown): KeptCoolDowns | undefined {
  const result = kept.safeParse(value);
  return result.success ? result.data : undefined;
}
