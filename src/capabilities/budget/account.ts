import type { Period } from "./period.ts";

/**
 * What one budget has spent and reserved in one period, 10^-9 US dollars. It is changed in place, and only within one
 * turn of the loop: between the look at what is available and the reservation nothing else can happen, so no
 * interleaving of calls spends the same money twice.
 *
 *     available = limit - settled - reserved
 */
export interface Account {
  readonly budget: string;
  period: Period;
  settled: bigint;
  reserved: bigint;
  /** Durable: what may be drawn before the entries that draw it are. */
  slice: number;
  /** Drawn on the slice by entries that are not durable yet. */
  drawn: number;
  /** What the slice is to become; `undefined`: it is as it is wanted. */
  asked: number | undefined;
  /** When it was drawn on last: ms since 1970. */
  drawnAt: number;
  /** Thresholds of which somebody was told, in per cent. */
  readonly told: Set<number>;
}

export const openAccount = (
  budget: string,
  period: Period,
  from: { readonly settled: bigint; readonly reserved: bigint; readonly told: Iterable<number> } = {
    settled: 0n,
    reserved: 0n,
    told: [],
  },
): Account => ({
  budget,
  period,
  settled: from.settled,
  reserved: from.reserved,
  slice: 0,
  drawn: 0,
  asked: undefined,
  drawnAt: 0,
  told: new Set(from.told),
});

/** What can still be reserved; below 0 where more was billed than reserved, or the limit was lowered. */
export const available = ({ settled, reserved }: Account, limit: bigint): bigint =>
  limit - settled - reserved;

/** A slice as large as it may be now: a share of what is left, and no more than a dollar. */
export function sliceOf(
  left: bigint,
  { share, most }: { readonly share: bigint; readonly most: bigint },
): number {
  if (left <= 0n) return 0;
  const part = left / share;
  return Number(part < most ? part : most);
}

/** Whether a call may be drawn on the slice: its entry is durable later. */
export const coversNow = ({ slice, asked, drawn }: Account, nanoUsd: number): boolean =>
  drawn + nanoUsd <= Math.min(slice, asked ?? slice);

/** Thresholds, in per cent of `limit`, that were reached and of which nobody was told yet. */
export function reached(account: Account, limit: bigint, alerts: readonly number[]): readonly number[] {
  const { settled, told } = account;
  return alerts.filter(
    (threshold) => !told.has(threshold) && settled * 100_000n >= limit * thousandths(threshold),
  );
}

/** Thresholds may have three decimals. */
const thousandths = (threshold: number): bigint => BigInt(Math.round(threshold * 1000));

/** Used share of the limit, 0 to 1 and above; 1 where nothing may be spent at all. */
export const usedRatio = ({ settled }: Pick<Account, "settled">, limit: bigint): number =>
  limit === 0n ? 1 : Number((settled * 1_000_000n) / limit) / 1_000_000;
