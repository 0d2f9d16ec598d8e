import { type BucketTable, createBucketTable } from "./bucket-table.ts";
import { createFactor, type Factor } from "./factor.ts";
import { charged, leftOf, type Rate, rateOf, waitOf } from "./gcra.ts";
import type { Limit } from "./limit.ts";
import { createPermitTable, type PermitTable } from "./permit-table.ts";

/** A limit and what was taken of it. */
export interface LimitState {
  readonly limit: Limit;
  readonly factor: Factor;
  readonly buckets: BucketTable;
  /** Used by `concurrent` alone. */
  readonly permits: PermitTable;
  readonly admitted: () => number;
  readonly refused: () => number;
  readonly counted: (wasAdmitted: boolean) => void;
}

/** One of the limits that a request has to pass. */
export interface Charge {
  readonly state: LimitState;
  readonly scope: string;
  readonly cost: number;
  /** Somebody has said what it costs: what it comes to in the end changes nothing. */
  readonly isFixed?: boolean;
  /** What the limit is multiplied by for this subject, beside its factor; absent: 1. */
  readonly share?: number;
}

/** How one limit stands for one subject. */
export interface Standing {
  readonly limit: Limit;
  readonly scope: string;
  /** Units of the limit in force. */
  readonly inForce: number;
  readonly left: number;
  /** ms until the bucket is full; 0 for `concurrent`. */
  readonly fullInMs: number;
}

export type Verdict =
  | { readonly kind: "admitted"; readonly hold: Hold }
  /** `charge` is the one that must be waited for longest. */
  | { readonly kind: "refused"; readonly charge: Charge; readonly waitMs: number }
  /** It asks for more than a full bucket has. */
  | { readonly kind: "too-large"; readonly charge: Charge; readonly burst: number };

/** What a request holds of its limits. The first of `settle` and `cancel` counts; after its end the charge stays. */
export interface Hold {
  readonly charges: readonly Charge[];
  /** @param actualOf What it took of a limit; `undefined`: what was reserved. */
  readonly settle: (actualOf: (charge: Charge) => number | undefined, now: number) => void;
  /** Nothing was sent: all comes back. */
  readonly cancel: (now: number) => void;
}

export function createLimitState(limit: Limit, bucketsMax: number): LimitState {
  let admitted = 0;
  let refused = 0;
  return {
    limit,
    factor: createFactor(limit.adaptive?.floor ?? 1),
    buckets: createBucketTable(bucketsMax),
    permits: createPermitTable(),
    admitted: () => admitted,
    refused: () => refused,
    counted: (wasAdmitted) => {
      if (wasAdmitted) admitted += 1;
      else refused += 1;
    },
  };
}

/** The state of a limit that has changed: whoever has taken of it has still taken as many units. */
export function succeed(before: LimitState, limit: Limit, now: number): LimitState {
  const by = limit.perMs / limit.limit / (before.limit.perMs / before.limit.limit);
  if (by !== 1) before.buckets.rescale(by, now);
  const isSameFloor = limit.adaptive?.floor === before.limit.adaptive?.floor;
  return {
    ...before,
    limit,
    factor: isSameFloor ? before.factor : createFactor(limit.adaptive?.floor ?? 1),
  };
}

const factorOf = ({ state, share = 1 }: Charge, now: number): number =>
  (state.limit.adaptive === undefined ? 1 : state.factor.value(now / 1000)) * share;

const rateOfCharge = (charge: Charge, now: number): Rate => {
  const { limit, perMs, burst } = charge.state.limit;
  return rateOf(limit, perMs, { burst: burst ?? limit, factor: factorOf(charge, now) });
};

const isConcurrent = ({ state }: Charge): boolean => state.limit.unit === "concurrent";

const placesOf = (charge: Charge, now: number): number =>
  Math.max(1, Math.floor(charge.state.limit.limit * factorOf(charge, now)));

/** Microseconds; 0: it passes. */
function waitFor(charge: Charge, now: number): number {
  const { state, scope, cost } = charge;
  if (!isConcurrent(charge)) return waitOf(rateOfCharge(charge, now), state.buckets.tatOf(scope), now, cost);
  const places = placesOf(charge, now);
  if (state.permits.heldBy(scope, places, now) < places) return 0;
  // When one is given back cannot be known: a second, or the moment at which one ends by itself.
  return Math.max(1, Math.min(1_000_000, state.permits.firstEnd(scope, now)));
}

/**
 * Charges all limits or none.
 *
 * @param now Microseconds since 2026-01-01, as all times here.
 * @param expiresAt After that the charge stays, and a place is given back.
 */
export function admitAll(charges: readonly Charge[], now: number, expiresAt: number): Verdict {
  let longest: { readonly charge: Charge; readonly wait: number } | undefined;
  for (const charge of charges) {
    const { burst = charge.state.limit.limit, unit } = charge.state.limit;
    if (charge.cost > burst && unit !== "concurrent") {
      charge.state.counted(false);
      return { kind: "too-large", charge, burst };
    }
    const wait = waitFor(charge, now);
    if (wait > 0 && wait > (longest?.wait ?? 0)) longest = { charge, wait };
  }
  if (longest !== undefined) {
    longest.charge.state.counted(false);
    return { kind: "refused", charge: longest.charge, waitMs: longest.wait / 1000 };
  }
  return { kind: "admitted", hold: hold(charges, now, expiresAt) };
}

function hold(charges: readonly Charge[], now: number, expiresAt: number): Hold {
  const units: number[] = [];
  const places: (() => void)[] = [];
  for (const charge of charges) {
    const { state, scope, cost } = charge;
    state.counted(true);
    if (isConcurrent(charge)) {
      places.push(state.permits.take(scope, expiresAt));
      units.push(0);
      continue;
    }
    const rate = rateOfCharge(charge, now);
    state.buckets.set(scope, charged(rate, state.buckets.tatOf(scope), now, cost), now);
    units.push(rate.unitMicros / state.buckets.scale());
  }
  let isOpen = true;
  const end = (actualOf: (charge: Charge) => number | undefined, at: number): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const give of places) give();
    if (at > expiresAt) return;
    for (const [index, charge] of charges.entries()) {
      const { state, scope, cost } = charge;
      const { buckets } = state;
      // A limit that was changed meanwhile has changed what a unit is in time.
      const difference = ((actualOf(charge) ?? cost) - cost) * (units[index] ?? 0) * buckets.scale();
      if (difference === 0) continue;
      const tat = difference > 0 ? Math.max(at, buckets.tatOf(scope)) : buckets.tatOf(scope);
      if (tat + difference > at || tat > at) buckets.set(scope, Math.max(at, tat + difference), at);
    }
  };
  return { charges, settle: end, cancel: (at) => end(() => 0, at) };
}

/** Takes what was used already, beyond what there is if need be: a debt. Places are not taken. */
export function debitAll(charges: readonly Charge[], now: number): void {
  for (const charge of charges) {
    const { state, scope, cost } = charge;
    if (isConcurrent(charge) || cost === 0) continue;
    state.buckets.set(scope, charged(rateOfCharge(charge, now), state.buckets.tatOf(scope), now, cost), now);
  }
}

/** The limit in debt that lets nothing pass for longest. */
export function owedBy(
  charges: readonly Charge[],
  now: number,
): { readonly charge: Charge; readonly waitMs: number } | undefined {
  let longest: { readonly charge: Charge; readonly waitMs: number } | undefined;
  for (const charge of charges) {
    const waitMs = isConcurrent(charge) ? 0 : waitFor({ ...charge, cost: 0 }, now) / 1000;
    if (waitMs > (longest?.waitMs ?? 0)) longest = { charge, waitMs };
  }
  return longest;
}

/** How the limits of a request stand now. */
export const standingOf = (charge: Charge, now: number): Standing => {
  const { state, scope } = charge;
  const { limit } = state;
  if (isConcurrent(charge)) {
    const places = placesOf(charge, now);
    const left = Math.max(0, places - state.permits.heldBy(scope, places, now));
    return { limit, scope, inForce: places, left, fullInMs: 0 };
  }
  const rate = rateOfCharge(charge, now);
  const tat = state.buckets.tatOf(scope);
  return {
    limit,
    scope,
    inForce: Math.floor((limit.perMs * 1000) / rate.unitMicros),
    left: leftOf(rate, tat, now),
    fullInMs: Math.max(0, tat - now) / 1000,
  };
};
