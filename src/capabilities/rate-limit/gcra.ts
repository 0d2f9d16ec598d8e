/**
 * The generic cell rate algorithm: a token bucket in one number, the theoretical arrival time `tat`. A bucket is full when
 * `tat <= now`, so a full bucket and no bucket are the same.
 *
 *     T        = per / limit                     the time of one unit
 *     capacity = burst * T                       as time
 *     reserve:   tat' = max(now, tat) + n * T;   allowed if tat' - now <= capacity
 *     settle:    tat + (actual - reserved) * T   above capacity: a debt, repaid before the next request
 *     left     = floor((capacity - max(0, tat - now)) / T)
 *     wait     = max(0, tat' - now - capacity)
 *
 * All times are microseconds since 2026-01-01 as doubles: a step of them is 0.004 in this year.
 * Source: ITU-T I.371, annex A; security specification, part 5.
 */
export interface Rate {
  /** T of the limit in force, microseconds a unit; above 0. */
  readonly unitMicros: number;
  /** Microseconds until an empty bucket is full. */
  readonly capacityMicros: number;
  /** Units that a full bucket of the whole limit holds. */
  readonly burst: number;
}

/** Milliseconds from 1970 to 2026-01-01T00:00:00Z. */
const originMs = 1_767_225_600_000;

export const microsOf = (epochMs: number): number => (epochMs - originMs) * 1000;

/**
 * What rounding may come to over ten thousand sums, so that the last unit of a burst is not refused; a quarter of a unit
 * at most, so that no whole one is given away.
 */
const slackOf = (unitMicros: number): number => Math.min(64, unitMicros / 4);

/**
 * @param factor Above 0 and at most 1: rate and burst are so much smaller. The capacity as time stays, as both shrink.
 */
export const rateOf = (limit: number, perMs: number, { burst = limit, factor = 1 } = {}): Rate => {
  const unitMicros = (perMs * 1000) / limit;
  return { unitMicros: unitMicros / factor, capacityMicros: burst * unitMicros, burst };
};

/** The bucket after `cost` units were taken, whether that is allowed or not. */
export const charged = ({ unitMicros }: Rate, tat: number, now: number, cost: number): number =>
  Math.max(now, tat) + cost * unitMicros;

/**
 * Microseconds until `cost` units may be taken; 0: now. What is above the capacity of the moment (a limit in force that is
 * below the whole), but not above the burst, passes once the bucket is full.
 */
export function waitOf(rate: Rate, tat: number, now: number, cost: number): number {
  const { unitMicros, capacityMicros } = rate;
  const room = Math.max(capacityMicros, cost * unitMicros);
  const wait = charged(rate, tat, now, cost) - now - room;
  return wait <= slackOf(unitMicros) ? 0 : wait;
}

/** Whole units that may be taken now; 0 while there is a debt. */
export const leftOf = ({ unitMicros, capacityMicros }: Rate, tat: number, now: number): number =>
  Math.max(0, Math.floor((capacityMicros - Math.max(0, tat - now) + slackOf(unitMicros)) / unitMicros));
