import type { Milliseconds } from "../kernel/units.ts";

/** The doors of a request, in order. */
export const doors = [
  "decode",
  "identify",
  "authorize",
  "admit",
  "assign",
  "recall",
  "plan",
  "fund",
  "attempt",
  "encode",
  "settle",
] as const;
export type Door = (typeof doors)[number];

/** What one door decided and why: at once the trace span, the audit line and the row of the dashboard's waterfall. */
export interface StageRecord {
  readonly stage: Door;
  /** A short verb of the trade: `pass`, `refuse`, `route`, `failover`, `relay`. */
  readonly decision: string;
  /** Why, in one public sentence. */
  readonly reason: string;
  /** Milliseconds since the request arrived. */
  readonly startedAt: Milliseconds;
  readonly tookMs: Milliseconds;
}
