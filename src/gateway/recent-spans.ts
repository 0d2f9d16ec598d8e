/** How long something took lately: the middle and the slow end of the last spans. */
export interface SpanFigures {
  /** Spans that the figures are made of. */
  readonly count: number;
  readonly msP50: number;
  readonly msP99: number;
}

/** The last spans of time, in a ring of fixed size: what is old makes way, so that the figures are of now. */
export interface RecentSpans {
  readonly add: (spanMs: number) => void;
  /** `null`: nothing was added yet. */
  readonly figures: () => SpanFigures | null;
}

const spansMax = 200;

export function createRecentSpans(): RecentSpans {
  const ring: number[] = [];
  let next = 0;
  return {
    add: (spanMs) => {
      ring[next] = spanMs;
      next = (next + 1) % spansMax;
    },
    figures: () => {
      if (ring.length === 0) return null;
      const sorted = ring.toSorted((a, b) => a - b);
      return { count: sorted.length, msP50: nearestRank(sorted, 0.5), msP99: nearestRank(sorted, 0.99) };
    },
  };
}

/** The smallest span that at least `share` of all are not above. `sorted` is not empty. */
const nearestRank = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
