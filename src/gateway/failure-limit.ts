import { GatewayError } from "../kernel/errors.ts";
import type { Clock } from "../ports/clock.ts";

/** Counts wrong credentials by client address. Right ones are never held up, so nobody is locked out by a neighbour. */
export interface FailureLimit {
  /** Takes note of a failure; what to answer: `refusal`, or `rate_limited` when there have been too many. */
  readonly refuse: (address: string, refusal: GatewayError) => GatewayError;
}

/** 20 failures within 60 s, then further failing tries wait 60 s. Source: security specification, part 1. */
const failuresMax = 20;
const windowMs = 60_000;
const addressesMax = 10_000;

export function createFailureLimit(clock: Clock): FailureLimit {
  const failures = new Map<string, { readonly since: number; readonly count: number }>();
  return {
    refuse: (address, refusal) => {
      const now = clock.monotonic();
      const known = failures.get(address);
      const isFresh = known === undefined || now - known.since >= windowMs;
      const count = isFresh ? 1 : known.count + 1;
      // The wait begins with the failure that fills the measure.
      const since = isFresh || count === failuresMax ? now : known.since;
      // Taken out and put in again: the map's order is that of the last failure, the first one is the one to forget.
      failures.delete(address);
      const [oldest] = failures.keys();
      if (failures.size >= addressesMax && oldest !== undefined) failures.delete(oldest);
      failures.set(address, { since, count });
      if (count <= failuresMax) return refusal;
      return new GatewayError("rate_limited", `${count} wrong credentials from ${address}`, {
        message: "Too many wrong credentials have come from this address.",
        retryAfterMs: since + windowMs - now,
      });
    },
  };
}
