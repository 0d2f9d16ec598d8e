import type { LeaseAsk, SharedBucket } from "../../ports/lease.ts";
import { charged, type Rate, waitOf } from "./gcra.ts";

const ofBurst = 0.05;
const renewBelow = 0.5;
const leaseMs = 2000;
const marginMs = 250;

/** What one node holds of a shared bucket. Times: ms of the node's own monotonic clock. */
export interface Slice {
  readonly bucket: SharedBucket;
  readonly rate: Rate;
  /** Units charged at the store that may be spent here. */
  left: number;
  /** Units that were spent here and are not charged at the store yet. */
  owed: number;
  /** When `left` has to be given back. */
  until: number;
  /** Its own share of the bucket, for when the store is gone: as `tat` of a limit of so much less. */
  tat: number;
}

export const newSlice = (bucket: SharedBucket, rate: Rate): Slice => ({
  bucket,
  rate,
  left: 0,
  owed: 0,
  until: 0,
  tat: 0,
});

/** 5 % of the burst, at least what is needed, at most half of what each node could have: so much is left lying about. */
export const sizeOf = ({ burst }: Rate, needed: number, nodes: number): number =>
  Math.max(needed, Math.min(Math.max(Math.ceil(ofBurst * burst), needed), Math.floor(burst / (2 * nodes))));

export const isSpendable = (slice: Slice, cost: number, nowMs: number): boolean =>
  slice.owed === 0 && slice.left >= cost && slice.until > nowMs;

/** Whether more should be asked for before it is needed. */
export const isLow = (slice: Slice, nodes: number, nowMs: number): boolean =>
  slice.until <= nowMs || slice.owed > 0 || slice.left < renewBelow * sizeOf(slice.rate, 1, nodes);

/** What to ask the store for: what is needed and up to a slice more; debts first, by what there is. */
export function askFor(slice: Slice, needed: number, nodes: number): LeaseAsk {
  const missing = Math.max(0, slice.owed + needed - slice.left);
  const { burst } = slice.rate;
  const size = sizeOf(slice.rate, Math.max(1, needed), nodes);
  return slice.owed > 0
    ? { bucket: slice.bucket, least: 1, most: Math.max(1, Math.min(burst, missing)) }
    : {
        bucket: slice.bucket,
        least: Math.min(burst, Math.max(1, missing)),
        most: Math.min(burst, Math.max(missing, size - slice.left, 1)),
      };
}

/** What was spent beyond what was held: out of what is left, else a debt. */
export function owe(slice: Slice, units: number): void {
  const paid = Math.min(units, slice.left);
  slice.left -= paid;
  slice.owed += units - paid;
}

/** @param askedAtMs The lease runs from when it was asked for, so that a late answer is not believed for too long. */
export function grantTo(slice: Slice, units: number, askedAtMs: number): void {
  const paid = Math.min(slice.owed, slice.left + units);
  slice.left += units - paid;
  slice.owed -= paid;
  slice.until = Math.max(slice.until, askedAtMs + leaseMs - marginMs);
}

/**
 * Takes `cost` of this node's own share, while the store does not answer; false: there is none.
 * @param isGone The store is known to be down, not late: what is owed then never comes to more than the share, as the
 * bucket has filled up meanwhile.
 */
export function takeOwnShare(
  slice: Slice,
  cost: number,
  { nowMs, nodes, isGone }: { readonly nowMs: number; readonly nodes: number; readonly isGone: boolean },
): boolean {
  const share = slice.rate.burst / nodes;
  const own: Rate = {
    unitMicros: slice.rate.unitMicros * nodes,
    capacityMicros: slice.rate.capacityMicros,
    burst: share,
  };
  const now = nowMs * 1000;
  if (cost > share || (!isGone && slice.owed + cost > share)) return false;
  if (waitOf(own, slice.tat, now, cost) > 0) return false;
  slice.tat = charged(own, slice.tat, now, cost);
  slice.owed = Math.min(share, slice.owed + cost);
  return true;
}
