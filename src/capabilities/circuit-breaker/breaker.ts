import { createRing, forget, type Ring, total } from "../../kernel/ring.ts";
import type { UsualRules, UsualTime } from "../../statistics/usual-time.ts";
import { wilsonLower } from "../../statistics/wilson.ts";

/** Where one breaker stands. `degraded`: it would be open if anybody else could answer. */
export type Phase = "closed" | "open" | "half_open" | "ramp" | "degraded";
export type Mode = (typeof modes)[number];
export type Reason = (typeof reasons)[number];

export const modes = ["auto", "forced_open", "forced_closed", "metrics_only"] as const;
export const reasons = ["failures", "consecutive", "slow", "probe_failed", "relapse"] as const;

export type Rules =
  | {
      readonly kind: "adaptive";
      /** Whether calls are held back at all. */
      readonly enforce: boolean;
      readonly callsMin: number;
      readonly failureShareMin: number;
      readonly consecutiveFailures: number;
      readonly openMs: number;
      readonly openMsMax: number;
      readonly slowFactor: number;
    }
  | {
      readonly kind: "classic";
      readonly enforce: boolean;
      readonly failureThreshold: number;
      readonly openMs: number;
      readonly halfOpenRequests: number;
    };

/** The breaker of one target. Times are ms of the monotonic clock. Owned by one thread; changed by the functions here alone. */
export interface Breaker {
  phase: Phase;
  mode: Mode;
  reason: Reason | undefined;
  /** Of the ramp: 0 to 3. */
  level: number;
  /** When the phase or the level began. */
  since: number;
  /** When an open one is probed. */
  until: number;
  /** How often it opened again before it was well: each doubles the time it stays open. */
  relapses: number;
  /** Grows with each phase: what was let through in an earlier one has no say in this one. */
  epoch: number;
  probes: number;
  /** Results of this level of the ramp, or of the probes of the classic breaker. */
  successes: number;
  failures: number;
  /** Failures in a row; when the first and the last of them were. */
  run: number;
  runSince: number;
  runUntil: number;
  credit: number;
  /** asked, calls, failures, slow; one-second slots. */
  readonly recent: Ring;
  /** asked, successes; three-second slots. */
  readonly longer: Ring;
  readonly usual: { first?: UsualTime; total?: UsualTime };
  /** Evidence of its whole life, for those who look at it. */
  failureCount: number;
  lastFailureAt: number | undefined;
}

/** A call that was let through. Its end must be told once: `succeeded`, `failed` or `dropped`. */
export interface Permit {
  readonly epoch: number;
  readonly kind: "plain" | "probe" | "ramp";
  /** Failures in a row before this call's success, should that be taken back. */
  runBefore: number;
}

export type Admission =
  | { readonly kind: "permitted"; readonly permit: Permit }
  /** `retryAt`: the earliest moment at which it may be different. */
  | { readonly kind: "refused"; readonly retryAt: number };

/** What a breaker is judged with: its rules, and the world at this moment. */
export interface Moment {
  readonly rules: Rules;
  /** ms, monotonic. */
  readonly now: number;
  /** Whether another target could serve the request at hand. */
  readonly hasOther: () => boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** How long a call took. */
export interface Took {
  /** To the first semantic event of a stream, or to the end of a whole answer. */
  readonly of: "first" | "total";
  readonly ms: number;
  /** Below this nothing is slow. */
  readonly slowFloorMs: number;
}

export const recentColumns = { asked: 0, calls: 1, failures: 2, slow: 3 } as const;
export const longerColumns = { asked: 0, successes: 1 } as const;
export const rampShares = [0.1, 0.25, 0.5, 1] as const;
export const retryAfterMsMax = 300_000;
/** Requests a second below which two successes are proof enough, and at least as many as a ramp lets through. */
export const fewPerSecond = 2;
const windowSeconds = 10;
/** What nineteen of twenty stay below. A slow quarter of an hour does not become usual while it goes on. */
export const usualRules: UsualRules = { above: 0.05, generationMs: 300_000, callsMin: 100 };
/** After so long a time of health, what was before is forgotten. */
export const calmMs = 300_000;

export const createBreaker = (now: number): Breaker => ({
  phase: "closed",
  mode: "auto",
  reason: undefined,
  level: 0,
  since: now,
  until: 0,
  relapses: 0,
  epoch: 0,
  probes: 0,
  successes: 0,
  failures: 0,
  run: 0,
  runSince: 0,
  runUntil: 0,
  credit: 0,
  recent: createRing(1000, 4),
  longer: createRing(3000, 2),
  usual: {},
  failureCount: 0,
  lastFailureAt: undefined,
});

/** What counts: the operator's word for this target, else whether breakers are enforced at all. */
export const modeOf = ({ mode }: Breaker, { enforce }: Rules): Mode =>
  mode === "auto" && !enforce ? "metrics_only" : mode;

/** Whether it would take a call if it were asked now; changes nothing but what the clock changes. */
export function isAvailable(breaker: Breaker, rules: Rules, now: number): boolean {
  const mode = modeOf(breaker, rules);
  if (mode !== "auto") return mode !== "forced_open";
  lookAtClock(breaker, now);
  return breaker.phase === "closed" || breaker.phase === "ramp" || breaker.phase === "degraded";
}

/** Does what time alone does to it. */
export function lookAtClock(breaker: Breaker, now: number): void {
  if (breaker.phase === "open" && now >= breaker.until) enter(breaker, "half_open", now);
  if (breaker.phase === "closed" && breaker.relapses > 0 && now - breaker.since >= calmMs)
    breaker.relapses = 0;
}

/** Requests a second that wanted to go to it lately. */
export const perSecond = (breaker: Breaker, now: number): number =>
  total(breaker.recent, now, recentColumns.asked) / windowSeconds;

export function enter(breaker: Breaker, phase: Phase, now: number): void {
  breaker.phase = phase;
  breaker.since = now;
  breaker.epoch += 1;
  breaker.probes = 0;
  startLevel(breaker, 0, now);
  if (phase === "closed") {
    breaker.reason = undefined;
    breaker.run = 0;
    forget(breaker.recent, [recentColumns.calls, recentColumns.failures, recentColumns.slow]);
  }
}

export function startLevel(breaker: Breaker, level: number, now: number): void {
  breaker.level = level;
  breaker.since = now;
  breaker.successes = 0;
  breaker.failures = 0;
  breaker.credit = 1;
}

/** Opens it as it was before the process began. */
export function openAsBefore(
  breaker: Breaker,
  { until, relapses, reason }: Pick<Breaker, "until" | "relapses" | "reason">,
  now: number,
): void {
  enter(breaker, "open", now);
  breaker.until = until;
  breaker.relapses = relapses;
  breaker.reason = reason;
}

/** Sets the mode by hand; `auto` begins anew, closed. */
export function setMode(breaker: Breaker, mode: Mode, now: number): void {
  breaker.mode = mode;
  if (mode !== "auto") return;
  breaker.relapses = 0;
  enter(breaker, "closed", now);
}

export interface Figures {
  readonly samples: number;
  readonly failures: number;
  readonly wilsonLow: number;
  readonly slowShare: number;
}

/** What the last ten seconds say. */
export function figuresOf({ recent }: Breaker, now: number): Figures {
  const samples = total(recent, now, recentColumns.calls);
  const failures = total(recent, now, recentColumns.failures);
  const slow = total(recent, now, recentColumns.slow);
  return {
    samples,
    failures,
    wilsonLow: wilsonLower(failures, samples),
    slowShare: samples === 0 ? 0 : slow / samples,
  };
}
