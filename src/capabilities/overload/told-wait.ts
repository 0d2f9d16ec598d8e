const leastMs = 1000;
const mostMs = 30_000;
const jitter = 0.5;
/** Clients that read whole seconds are to be spread, too. */
const jitterLeastMs = 2000;

/**
 * When somebody who is refused may come back, ms: as long as it will take, from one second to thirty, and up to half of
 * that more, two seconds at least, so that those who were refused together do not come back together.
 *
 * @param uniform In [0, 1).
 */
export function toldWaitMs(ms: number, uniform: number): number {
  const base = Math.min(mostMs, Math.max(leastMs, ms));
  return Math.round(base + uniform * Math.max(jitterLeastMs, jitter * base));
}
