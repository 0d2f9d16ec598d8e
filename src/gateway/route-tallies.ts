import type { RequestRecord } from "../exchange/settlement.ts";

/** What has come by one route to a service since the process began. */
export interface RouteTraffic {
  readonly requests: number;
  /** The gateway let them not through. */
  readonly refused: number;
  /** By the fault of the service. */
  readonly failed: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** When the last was settled, ms since 1970; `null`: none has come. */
  readonly lastAt: number | null;
  /** Why the last that did not succeed did not; `null`: all did. */
  readonly lastError: string | null;
}

export interface RouteTallies {
  readonly settled: (record: RequestRecord) => void;
  readonly of: (route: string) => RouteTraffic;
}

const none: RouteTraffic = {
  requests: 0,
  refused: 0,
  failed: 0,
  bytesIn: 0,
  bytesOut: 0,
  lastAt: null,
  lastError: null,
};

/** Counts by the names of routes, which are those of a configuration: there are as many as it has ever named. */
export function createRouteTallies(): RouteTallies {
  const traffic = new Map<string, RouteTraffic>();
  const of = (route: string): RouteTraffic => traffic.get(route) ?? none;
  return {
    of,
    settled: ({ route, outcome, code, bytesIn, bytesOut, at, durationMs }) => {
      if (route === undefined) return;
      const before = of(route);
      traffic.set(route, {
        requests: before.requests + 1,
        refused: before.refused + (outcome === "refused" ? 1 : 0),
        failed: before.failed + (outcome === "failed" ? 1 : 0),
        bytesIn: before.bytesIn + bytesIn,
        bytesOut: before.bytesOut + bytesOut,
        lastAt: Math.round(at + durationMs),
        lastError: outcome === "refused" || outcome === "failed" ? code : before.lastError,
      });
    },
  };
}
