/** How many requests a target takes at once, as it has shown. */
export interface AdaptiveLimit {
  limit: number;
  /** Since the limit last grew. */
  successes: number;
  /** When it was last cut: ms of the clock, or long ago. */
  cutAt: number;
}

const least = 1;
const most = 1000;
/** It grows only where it is used. */
const usedShare = 0.8;
const cutTo = 0.9;
const cutEveryMs = 1000;
/** With fewer in flight a refusal says little of how many are too many. */
const cutFromMin = 20;

/** Until a target says that it is too much, nothing is known that should hold anybody back. */
export const noLimitYet = (): AdaptiveLimit => ({
  limit: most,
  successes: 0,
  cutAt: Number.NEGATIVE_INFINITY,
});

/** An answer came while `inFlight` requests were there. One more for a limit's worth of answers. */
export function grow(state: AdaptiveLimit, inFlight: number): void {
  if (inFlight <= usedShare * state.limit) return;
  state.successes += 1;
  if (state.successes < state.limit) return;
  state.successes = 0;
  state.limit = Math.min(most, state.limit + 1);
}

/**
 * The target refused or was too slow with `inFlight` requests: a tenth fewer than those, at most once a second.
 *
 * Source: resilience specification, part 9 (additive increase, multiplicative decrease); cut from what was in flight, as
 * the limit itself may never have been reached.
 */
export function cut(state: AdaptiveLimit, inFlight: number, now: number): void {
  if (now - state.cutAt < cutEveryMs) return;
  state.cutAt = now;
  state.successes = 0;
  state.limit = Math.max(least, Math.floor(cutTo * Math.min(state.limit, Math.max(inFlight, cutFromMin))));
}
