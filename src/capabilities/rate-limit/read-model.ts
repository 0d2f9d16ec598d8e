import { leftOf, rateOf } from "./gcra.ts";
import type { Limit } from "./limit.ts";
import type { LimitState } from "./limiter.ts";

/** A limit as the admin API shows it. */
export interface LimitReading {
  readonly limit: Limit;
  /** How much of it is in force; 1: all. */
  readonly factor: number;
  readonly admitted: number;
  readonly refused: number;
  /** Scopes that have taken of it and are not forgotten. */
  readonly buckets: number;
  /** How full the fullest is, that is how much is taken: 0 to 1, above it a debt. */
  readonly fill: number;
  /** Who has taken most, that first. */
  readonly top: readonly { readonly scope: string; readonly taken: number; readonly left: number }[];
}

export function readLimit(state: LimitState, now: number, count: number): LimitReading {
  const { limit, factor: ofState, buckets, permits } = state;
  const factor = limit.adaptive === undefined ? 1 : ofState.value(now / 1000);
  const { burst = limit.limit } = limit;
  const rate = rateOf(limit.limit, limit.perMs, { burst, factor });
  const isConcurrent = limit.unit === "concurrent";
  const places = Math.max(1, Math.floor(limit.limit * factor));
  const top = isConcurrent
    ? permits
        .fullest(count, now)
        .map(({ scope, held }) => ({ scope, taken: held, left: Math.max(0, places - held) }))
    : buckets.fullest(count, now).map(({ scope, tat }) => ({
        scope,
        taken: Math.round((tat - now) / rate.unitMicros),
        left: leftOf(rate, tat, now),
      }));
  const full = isConcurrent ? places : rate.capacityMicros / rate.unitMicros;
  return {
    limit,
    factor,
    admitted: state.admitted(),
    refused: state.refused(),
    buckets: isConcurrent ? permits.size() : buckets.size(),
    fill: Math.round(((top[0]?.taken ?? 0) / full) * 1000) / 1000,
    top,
  };
}
