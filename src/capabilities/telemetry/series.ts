import { knownNanoUsd, type RequestRecord } from "../../exchange/settlement.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { countSpan, createLatencyHistogram, type LatencyHistogram, quantileMs } from "./latency-histogram.ts";

/** Width of a bucket in milliseconds. */
export const bucketMs = 5000;
const bucketsKept = 720;

/** One bucket as it is shown. */
export interface SeriesPoint {
  readonly at: number;
  readonly requests: number;
  readonly errors: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP99: number | null;
  readonly costNanoUsd: number;
  readonly unpriced: number;
}

interface Bucket {
  slot: number;
  requests: number;
  errors: number;
  costNanoUsd: number;
  unpriced: number;
  readonly latency: LatencyHistogram;
}

/** The last hour in a ring of fixed size. */
export interface Series {
  readonly count: (record: RequestRecord) => void;
  /** The last `minutes` up to `now`, oldest first, quiet buckets included. */
  readonly points: (minutes: number, now: EpochMs) => readonly SeriesPoint[];
}

export function createSeries(): Series {
  const ring: Bucket[] = Array.from({ length: bucketsKept }, () => ({
    slot: -1,
    requests: 0,
    errors: 0,
    costNanoUsd: 0,
    unpriced: 0,
    latency: createLatencyHistogram(),
  }));
  const bucketOf = (slot: number): Bucket | undefined => ring[slot % bucketsKept];
  return {
    count: (record) => {
      const slot = Math.floor((record.at + record.durationMs) / bucketMs);
      const bucket = bucketOf(slot);
      if (bucket === undefined || bucket.slot > slot) return;
      if (bucket.slot < slot) empty(bucket, slot);
      bucket.requests += 1;
      if (isError(record)) bucket.errors += 1;
      bucket.costNanoUsd += knownNanoUsd(record.cost);
      if (isUnpriced(record)) bucket.unpriced += 1;
      countSpan(bucket.latency, record.durationMs);
    },
    points: (minutes, now) => {
      const last = Math.floor(now / bucketMs);
      const count = Math.min(bucketsKept - 1, Math.max(1, Math.ceil((minutes * 60_000) / bucketMs)));
      return Array.from({ length: count }, (_, index) => {
        const slot = last - count + 1 + index;
        const bucket = bucketOf(slot);
        return pointOf(slot, bucket?.slot === slot ? bucket : undefined);
      });
    },
  };
}

/** A request that did not give its client what was asked; a client that went away is not an error. */
export const isError = (record: RequestRecord): boolean =>
  record.outcome === "failed" || record.outcome === "refused";

/** A request that used tokens at a price nobody knows. */
export const isUnpriced = (record: RequestRecord): boolean =>
  record.usage !== null && record.cost !== null && record.cost.nanoUsd === null;

function empty(bucket: Bucket, slot: number): void {
  bucket.slot = slot;
  bucket.requests = 0;
  bucket.errors = 0;
  bucket.costNanoUsd = 0;
  bucket.unpriced = 0;
  bucket.latency.fill(0);
}

function pointOf(slot: number, bucket: Bucket | undefined): SeriesPoint {
  return {
    at: slot * bucketMs,
    requests: bucket?.requests ?? 0,
    errors: bucket?.errors ?? 0,
    latencyMsP50: shown(bucket, 0.5),
    latencyMsP99: shown(bucket, 0.99),
    costNanoUsd: bucket?.costNanoUsd ?? 0,
    unpriced: bucket?.unpriced ?? 0,
  };
}

function shown(bucket: Bucket | undefined, quantile: number): number | null {
  const value = bucket === undefined ? undefined : quantileMs(bucket.latency, quantile);
  return value === undefined ? null : Math.round(value * 100) / 100;
}
