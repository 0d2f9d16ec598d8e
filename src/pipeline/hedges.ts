import type { HedgeRules } from "./resilience.ts";

/** Which late requests are sent a second time: `capabilities/retry`. */
export interface Hedges {
  readonly begun: (rules: HedgeRules) => void;
  /** Takes a copy out of the budget; `costNanoUsd`: what it is expected to cost. */
  readonly take: (rules: HedgeRules, costNanoUsd: number | null) => boolean;
  /** `won`: the copy answered first; `lost`: the first did; `failed`: neither; `refused`: there was no budget. */
  readonly onHedge: (result: "won" | "lost" | "failed" | "refused") => void;
}
