import type { SeriesPoint } from "../../generated/client.ts";

/** The last minute in figures. */
export interface LastMinute {
  readonly requestsPerSecond: number;
  readonly requests: number;
  readonly errors: number;
  readonly costNanoUsd: number;
  readonly unpriced: number;
  /** The newest bucket of the minute that has a latency. */
  readonly latency: SeriesPoint | undefined;
}

const minuteMs = 60_000;

/** What came of the last 60 seconds before `now` (the gateway's clock). Buckets that lie partly before count whole. */
export function lastMinute(points: readonly SeriesPoint[], { now, bucketMs }: Clocking): LastMinute {
  const recent = points.filter(({ at }) => at > now - minuteMs - bucketMs && at <= now);
  const first = recent[0];
  // From the start of its first bucket: between 60 and 65 seconds.
  const seconds = first === undefined ? 60 : Math.max(1, (now - first.at) / 1000);
  const requests = sum(recent, "requests");
  return {
    requestsPerSecond: requests / seconds,
    requests,
    errors: sum(recent, "errors"),
    costNanoUsd: sum(recent, "costNanoUsd"),
    unpriced: sum(recent, "unpriced"),
    latency: recent.findLast(({ latencyMsP50 }) => latencyMsP50 !== null),
  };
}

interface Clocking {
  readonly now: number;
  readonly bucketMs: number;
}

/** The buckets from `since` on that have ended: the one that still fills would show as a fall. */
export const endedBuckets = (
  points: readonly SeriesPoint[],
  { now, bucketMs, since }: Clocking & { readonly since: number },
): readonly SeriesPoint[] => points.filter(({ at }) => at + bucketMs > since && at + bucketMs <= now);

function sum(
  points: readonly SeriesPoint[],
  what: "requests" | "errors" | "costNanoUsd" | "unpriced",
): number {
  return points.reduce((total, point) => total + point[what], 0);
}
