/**
 * Counts events of a span that ends now: a ring of the times of the last `max`. Nothing is kept before the first event.
 *
 * @returns Adds one at `nowMs`; `true` when more than `max` came within `spanMs`.
 */
export function slidingCount(max: number, spanMs: number): (nowMs: number) => boolean {
  let times: Float64Array | undefined;
  let next = 0;
  return (nowMs) => {
    times ??= new Float64Array(max).fill(Number.NEGATIVE_INFINITY);
    const oldest = times[next] ?? 0;
    times[next] = nowMs;
    next = (next + 1) % max;
    return nowMs - oldest < spanMs;
  };
}
