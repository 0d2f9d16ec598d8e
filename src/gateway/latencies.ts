import { countSpan, createLatencyHistogram, quantileMs } from "../capabilities/telemetry/index.ts";

/** How long something takes, in milliseconds; at most 6 % off. */
export interface LatencyFigures {
  readonly p50: number;
  readonly p99: number;
}

/** All spans since the process began, in so many buckets however many come. */
export interface Latencies {
  readonly add: (spanMs: number) => void;
  /** `null`: nothing was added yet. */
  readonly figures: () => LatencyFigures | null;
}

export function createLatencies(): Latencies {
  const histogram = createLatencyHistogram();
  return {
    add: (spanMs) => countSpan(histogram, spanMs),
    figures: () => {
      const p50 = quantileMs(histogram, 0.5);
      const p99 = quantileMs(histogram, 0.99);
      return p50 === undefined || p99 === undefined ? null : { p50: rounded(p50), p99: rounded(p99) };
    },
  };
}

const rounded = (span: number): number => Math.round(span * 1000) / 1000;
