/**
 * Counts events of a span that ends now, from two counters: those of this window, and the share of those of the window
 * before that the span still reaches, as if they had come evenly.
 *
 * Source: the sliding window counter of "How we built rate limiting capable of scaling to millions of domains",
 * Cloudflare, 2017.
 *
 * @returns Adds one at `nowMs`, which never falls; `true` when more than `max` came within `spanMs`.
 */
export function slidingCount(max: number, spanMs: number): (nowMs: number) => boolean {
  let startMs = Number.NEGATIVE_INFINITY;
  let before = 0;
  let current = 0;
  return (nowMs) => {
    const ageMs = nowMs - startMs;
    if (ageMs >= spanMs) {
      before = ageMs < 2 * spanMs ? current : 0;
      startMs = ageMs < 2 * spanMs ? startMs + spanMs : nowMs;
      current = 0;
    }
    current += 1;
    return before * (1 - (nowMs - startMs) / spanMs) + current > max;
  };
}
