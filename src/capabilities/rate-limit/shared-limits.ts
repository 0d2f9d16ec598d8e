import { GatewayError } from "../../kernel/errors.ts";
import { milliseconds } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { LeaseAnswer, LeaseAsk, LeaseStore, SharedBucket } from "../../ports/lease.ts";
import type { Timer } from "../../ports/timer.ts";
import type { Rate } from "./gcra.ts";
import { askFor, grantTo, isLow, isSpendable, newSlice, owe, type Slice, takeOwnShare } from "./slice.ts";

/** One of the shared limits that a request has to pass. */
export interface SharedCharge {
  readonly bucket: SharedBucket;
  readonly rate: Rate;
  readonly cost: number;
  /** `exact`: the store is asked for each request. */
  readonly shared: "leased" | "exact";
  readonly onStoreDown: "local-share" | "refuse" | "allow";
}

export type SharedVerdict =
  | { readonly kind: "admitted"; readonly settle: (actualOf: (index: number) => number) => void }
  | { readonly kind: "refused"; readonly index: number; readonly waitMs: number };

/** The limits that all nodes share, as one node keeps them. */
export interface SharedLimits {
  /** @throws GatewayError `storage_unavailable` where a limit says `refuse` and the store does not answer. */
  readonly admit: (charges: readonly SharedCharge[]) => Promise<SharedVerdict>;
  /** Leases that have run out are given back. To be called each second or so. */
  readonly tidy: () => void;
  /** Units that lie here unspent. */
  readonly stranded: () => number;
  readonly isStoreDown: () => boolean;
}

const answerWithinMs = milliseconds(25);

export function createSharedLimits({
  node,
  nodesAtStart,
  store,
  clock,
  timer,
}: {
  readonly node: string;
  /** How many share the limits, until the store has told. */
  readonly nodesAtStart: number;
  readonly store: LeaseStore;
  readonly clock: Clock;
  readonly timer: Timer;
}): SharedLimits {
  const slices = new Map<string, Slice>();
  const renewing = new Set<string>();
  let nodes = nodesAtStart;
  let isDown = false;

  const nowMs = (): number => clock.monotonic();
  const sliceOf = ({ bucket, rate }: SharedCharge): Slice => {
    const known = slices.get(bucket.key);
    if (known !== undefined) return known;
    const made = newSlice(bucket, rate);
    slices.set(bucket.key, made);
    return made;
  };
  /** What is granted belongs to the node whenever it is told, also if nobody waits for it any more. */
  const ask = async (asks: readonly LeaseAsk[]): Promise<LeaseAnswer> => {
    const askedAt = nowMs();
    try {
      const answer = await store.take(node, asks);
      isDown = false;
      ({ nodes } = answer);
      if (answer.kind === "granted")
        for (const [index, { bucket }] of asks.entries()) {
          const slice = slices.get(bucket.key);
          if (slice !== undefined) grantTo(slice, answer.granted[index] ?? 0, askedAt);
        }
      return answer;
    } catch (fault) {
      isDown = true;
      throw fault;
    }
  };
  const renew = (slice: Slice): void => {
    const { key } = slice.bucket;
    if (renewing.has(key) || !isLow(slice, nodes, nowMs())) return;
    renewing.add(key);
    void ask([askFor(slice, 0, nodes)])
      .catch(() => undefined)
      .finally(() => renewing.delete(key));
  };
  const give = (slice: Slice, units: number): void => {
    if (units <= 0) return;
    slice.left -= units;
    void store.give(slice.bucket, units).catch(() => undefined);
  };
  const spend = (charges: readonly SharedCharge[]): SharedVerdict => {
    for (const charge of charges) {
      const slice = sliceOf(charge);
      slice.left -= charge.cost;
      if (charge.shared === "leased") renew(slice);
    }
    return { kind: "admitted", settle: (actualOf) => settle(charges, actualOf) };
  };
  const settle = (charges: readonly SharedCharge[], actualOf: (index: number) => number): void => {
    for (const [index, charge] of charges.entries()) {
      const slice = sliceOf(charge);
      const back = charge.cost - actualOf(index);
      if (back >= 0) slice.left += back;
      else owe(slice, -back);
      // What a slice does not need is for the others.
      if (back > 0) give(slice, slice.left - askFor(slice, 0, nodes).most);
    }
  };
  const fallBack = (charges: readonly SharedCharge[]): SharedVerdict => {
    const isRefused = charges.some(({ onStoreDown }) => onStoreDown === "refuse");
    if (isRefused) throw new GatewayError("storage_unavailable", "shared limits: no answer in time");
    const before = charges.map((charge) => ({ ...sliceOf(charge) }));
    for (const [index, charge] of charges.entries()) {
      const slice = sliceOf(charge);
      if (charge.onStoreDown === "allow") continue;
      if (takeOwnShare(slice, charge.cost, { nowMs: nowMs(), nodes, isGone: isDown })) continue;
      for (const [at, old] of before.entries()) Object.assign(sliceOf(charges[at] ?? charge), old);
      return { kind: "refused", index, waitMs: (charge.cost * charge.rate.unitMicros * nodes) / 1000 };
    }
    return {
      kind: "admitted",
      settle: (actualOf) => {
        for (const [index, charge] of charges.entries()) {
          const slice = sliceOf(charge);
          slice.owed = Math.max(0, slice.owed + actualOf(index) - charge.cost);
        }
      },
    };
  };
  /** @param waits Of those that were asked for, by the store. */
  const refusal = (charges: readonly SharedCharge[], waits: readonly number[]): SharedVerdict => {
    const missing = charges.map((charge) => {
      const slice = sliceOf(charge);
      return Math.max(0, slice.owed + charge.cost - slice.left) * charge.rate.unitMicros;
    });
    const most = Math.max(...missing);
    return {
      kind: "refused",
      index: missing.indexOf(most),
      waitMs: Math.max(1, ...(waits.length > 0 ? waits : [most])) / 1000,
    };
  };
  const areSpendable = (charges: readonly SharedCharge[]): boolean =>
    charges.every((charge) => isSpendable(sliceOf(charge), charge.cost, nowMs()));

  return {
    admit: async (charges) => {
      if (charges.every(({ shared }) => shared === "leased") && areSpendable(charges)) return spend(charges);
      const short = charges.filter(
        (charge) => charge.shared === "exact" || !isSpendable(sliceOf(charge), charge.cost, nowMs()),
      );
      const asks = short.map((charge): LeaseAsk => {
        const asked = askFor(sliceOf(charge), charge.cost, nodes);
        return charge.shared === "exact" ? { ...asked, most: asked.least } : asked;
      });
      const answer = await Promise.race([
        ask(asks).catch(() => "gone" as const),
        new Promise<"late">((resolve) => void timer.after(answerWithinMs, () => resolve("late"))),
      ]);
      if (answer === "gone" || answer === "late")
        return areSpendable(charges) ? spend(charges) : fallBack(charges);
      if (areSpendable(charges)) return spend(charges);
      return refusal(charges, answer.kind === "short" ? answer.waitMicros : []);
    },
    tidy: () => {
      for (const [key, slice] of slices) {
        if (slice.owed > 0) renew(slice);
        if (slice.until > nowMs()) continue;
        give(slice, slice.left);
        const isRested = slice.owed === 0 && slice.tat <= nowMs() * 1000 && !renewing.has(key);
        if (isRested) slices.delete(key);
      }
    },
    stranded: () => [...slices.values()].reduce((sum, { left }) => sum + Math.max(0, left), 0),
    isStoreDown: () => isDown,
  };
}
