declare const unit: unique symbol;

/** A number that knows what it counts, at no cost at run time: tokens passed where milliseconds are wanted do not compile. */
type Quantity<Unit extends string> = number & { readonly [unit]: Unit };

/** A span of time in milliseconds; fractions are allowed. */
export type Milliseconds = Quantity<"ms">;
/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Quantity<"epoch-ms">;
/** A reading of a clock that never steps back: milliseconds since an arbitrary start, with fractions. */
export type MonotonicMs = Quantity<"monotonic-ms">;
/** A count of tokens. */
export type Tokens = Quantity<"tokens">;
/** A count of bytes. */
export type Bytes = Quantity<"bytes">;
/** Money in 10^-9 US dollars, a safe integer: up to 9 million dollars a figure. */
export type NanoUsd = Quantity<"nano-usd">;

export const milliseconds = (value: number): Milliseconds => value as Milliseconds;
export const epochMs = (value: number): EpochMs => value as EpochMs;
export const monotonicMs = (value: number): MonotonicMs => value as MonotonicMs;
export const tokens = (value: number): Tokens => value as Tokens;
export const bytes = (value: number): Bytes => value as Bytes;
export const nanoUsd = (value: number): NanoUsd => value as NanoUsd;

/** The time between two readings of the monotonic clock. */
export const elapsed = (from: MonotonicMs, to: MonotonicMs): Milliseconds => (to - from) as Milliseconds;
/** The time `span` after `start`. */
export const after = (start: EpochMs, span: Milliseconds): EpochMs => (start + span) as EpochMs;

export const seconds = (value: number): Milliseconds => (value * 1000) as Milliseconds;
export const minutes = (value: number): Milliseconds => (value * 60_000) as Milliseconds;

/**
 * A point in time as RFC 3339 text in UTC: `2026-11-25T02:17:18.000Z`.
 * Source: civil-from-days, Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (`Date` is the clock's alone).
 */
export function isoTime(at: EpochMs): string {
  const days = Math.floor(at / 86_400_000);
  const rest = at - days * 86_400_000;
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(rest / 3_600_000);
  const clock = `${two(hours)}:${two(Math.floor(rest / 60_000) % 60)}:${two(Math.floor(rest / 1000) % 60)}`;
  return `${year}-${two(month)}-${two(day)}T${clock}.${String(Math.floor(rest % 1000)).padStart(3, "0")}Z`;
}
