import { figuresOf, type Mode, type Phase, type Reason, rampShares } from "./breaker.ts";
import type { Change, Scope } from "./breakers.ts";

/** The three states of the textbook. */
export type State = "closed" | "open" | "half_open";

/** A breaker as others see it. Times are ms since 1970. */
export interface BreakerState {
  readonly provider: string;
  readonly model: string;
  readonly state: State;
  readonly phase: Phase;
  readonly mode: Mode;
  readonly reason: Reason | null;
  /** The share of requests that a ramp lets through at least; `null` otherwise. */
  readonly level: number | null;
  /** Of the last ten seconds. */
  readonly samples: number;
  readonly wilsonLow: number;
  readonly slowShare: number;
  /** Since the process began. */
  readonly failureCount: number;
  readonly lastFailureAt: number | null;
  readonly nextProbeAt: number | null;
  /** Newest first. */
  readonly changes: readonly Change[];
}

export function stateOf(
  { target, breaker, changes }: Scope,
  now: number,
  toWallClock: (monotonic: number) => number,
): BreakerState {
  const { phase, mode, reason, level, until, failureCount, lastFailureAt } = breaker;
  const { samples, wilsonLow, slowShare } = figuresOf(breaker, now);
  return {
    ...target,
    state: shownState(mode, phase),
    ...{ phase, mode, samples, wilsonLow, slowShare, failureCount, changes },
    reason: reason ?? null,
    level: phase === "ramp" ? (rampShares[level] ?? 1) : null,
    lastFailureAt: lastFailureAt === undefined ? null : toWallClock(lastFailureAt),
    nextProbeAt: phase === "open" ? toWallClock(until) : null,
  };
}

function shownState(mode: Mode, phase: Phase): State {
  if (mode === "forced_open") return "open";
  if (mode === "forced_closed") return "closed";
  if (phase === "ramp") return "half_open";
  return phase === "degraded" ? "open" : phase;
}
