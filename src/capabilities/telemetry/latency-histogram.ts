const bucketCount = 160;
const smallestMs = 0.05;
const growth = 1.12;
const logGrowth = Math.log(growth);

/** Counts spans in logarithmic buckets: 0.05 ms to about 60 min, each 12 % wider than the one before. */
export type LatencyHistogram = Uint32Array;

export const createLatencyHistogram = (): LatencyHistogram => new Uint32Array(bucketCount);

/** Counts one span; changes `histogram`. */
export function countSpan(histogram: LatencyHistogram, spanMs: number): void {
  const bucket =
    spanMs <= smallestMs
      ? 0
      : Math.min(bucketCount - 1, Math.ceil(Math.log(spanMs / smallestMs) / logGrowth));
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

/**
 * The `quantile` (0 to 1) of what was counted: the geometric middle of its bucket, so at most 6 % off.
 * @returns Milliseconds; `undefined` when nothing was counted.
 */
export function quantileMs(histogram: LatencyHistogram, quantile: number): number | undefined {
  let total = 0;
  for (const count of histogram) total += count;
  if (total === 0) return undefined;
  const rank = Math.max(1, Math.ceil(quantile * total));
  let seen = 0;
  for (const [bucket, count] of histogram.entries()) {
    seen += count;
    if (seen >= rank) return smallestMs * growth ** (bucket === 0 ? 0 : bucket - 0.5);
  }
  return undefined;
}
