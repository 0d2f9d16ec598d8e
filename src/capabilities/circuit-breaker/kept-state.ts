import * as z from "zod";
import { type Mode, modes, type Reason, reasons } from "./breaker.ts";
import type { TargetName } from "./rules.ts";

/** A breaker as it is stored: what an operator has said of it, and whether it holds calls back. */
export interface KeptBreaker extends TargetName {
  readonly mode: Mode;
  /** Absent: it was not open. */
  readonly open?: KeptOpen;
}

/** An open breaker, or one that has been probed since. */
export interface KeptOpen {
  /** When it is probed, ms since 1970. */
  readonly until: number;
  readonly relapses: number;
  /** Absent: it was set by hand. */
  readonly reason?: Reason;
}

/** Breakers that outlive the process. */
export interface KeptBreakers {
  readonly version: 1;
  readonly breakers: readonly KeptBreaker[];
}

const kept = z.object({
  version: z.literal(1),
  breakers: z.array(
    z.object({
      provider: z.string().min(1),
      model: z.string().min(1),
      mode: z.enum(modes),
      open: z.exactOptional(
        z.object({
          until: z.number().min(0),
          relapses: z.int().min(0),
          reason: z.exactOptional(z.enum(reasons)),
        }),
      ),
    }),
  ),
});

/** What was stored, checked; `undefined`: it is none of ours, or broken. */
export function readKept(value: unknown): KeptBreakers | undefined {
  const result = kept.safeParse(value);
  return result.success ? result.data : undefined;
}
