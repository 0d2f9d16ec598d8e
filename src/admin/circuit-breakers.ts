import type * as z from "zod";
import type { BreakerState } from "../gateway/control.ts";
import { epochMs, isoTime } from "../kernel/units.ts";
import type { circuitBreaker, circuitBreakerList } from "./breaker-schemas.ts";

type Shown = z.output<typeof circuitBreaker>;
type Listed = z.output<typeof circuitBreakerList>["circuit_breakers"];

/** One breaker as the admin API shows it. */
export function shownBreaker(breaker: BreakerState): Shown {
  const { provider, model, state, phase, mode, reason, level, samples, firstLimits, changes } = breaker;
  return {
    ...{ provider, model, state, phase, mode, reason, level, samples },
    wilson_low: breaker.wilsonLow,
    slow_share: breaker.slowShare,
    failure_count: breaker.failureCount,
    last_failure: timeOf(breaker.lastFailureAt),
    next_probe_at: timeOf(breaker.nextProbeAt),
    first_limits: firstLimits.map(({ bytesFrom, bytesBelow, limitMs }) => ({
      bytes_from: bytesFrom,
      bytes_below: bytesBelow,
      limit_ms: limitMs,
    })),
    changes: [...changes],
  };
}

/** The breakers by provider or service; one that nobody has called yet has none. */
export function listedBreakers(breakers: readonly BreakerState[], configured: readonly string[]): Listed {
  const known = Map.groupBy(breakers, ({ provider }) => provider);
  const names = new Set([...configured, ...known.keys()]);
  return Object.fromEntries([...names].map((provider) => [provider, together(known.get(provider) ?? [])]));
}

/** The same of one of them. */
export const breakerOf = (name: string, breakers: readonly BreakerState[]): Shown["state"] =>
  stateOf(breakers.filter(({ provider }) => provider === name));

function together(targets: readonly BreakerState[]): Listed[string] {
  const failedAt = targets.map(({ lastFailureAt }) => lastFailureAt ?? 0);
  const newest = Math.max(0, ...failedAt);
  return {
    state: stateOf(targets),
    failure_count: targets.reduce((sum, { failureCount }) => sum + failureCount, 0),
    last_failure: newest === 0 ? null : timeOf(newest),
    targets: Object.fromEntries(
      targets.map((breaker) => [`${breaker.provider}/${breaker.model}`, shownBreaker(breaker)]),
    ),
  };
}

function stateOf(targets: readonly BreakerState[]): Shown["state"] {
  const open = targets.filter(({ state }) => state === "open").length;
  if (open > 0 && (open === targets.length || (open >= 2 && open * 2 >= targets.length))) return "open";
  return targets.length > 0 && targets.every(({ state }) => state !== "closed") ? "half_open" : "closed";
}

const timeOf = (at: number | null): string | null => (at === null ? null : isoTime(epochMs(at)));
