import * as z from "zod";
import { type CoolReason, coolReasons } from "./cool-downs.ts";

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
export function readKept(value: unknown): KeptCoolDowns | undefined {
  const result = kept.safeParse(value);
  return result.success ? result.data : undefined;
}
