import type { RequestRecord } from "../exchange/settlement.ts";
import { createLatencies, type Latencies, type LatencyFigures } from "./latencies.ts";

/** What has come by one route to a service since the process began. */
export interface RouteTraffic {
  readonly requests: number;
  /** The gateway let them not through. */
  readonly refused: number;
  /** The same by why: a word of whoever refuses, or a code of the catalogue. */
  readonly rejects: Readonly<Record<string, number>>;
  /** By the fault of the service. */
  readonly failed: number;
  /** Until an answer was whole; of sockets and streams of events, which last as long as they like, until it began. */
  readonly latencyMs: LatencyFigures | null;
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

interface Tally {
  requests: number;
  refused: number;
  failed: number;
  bytesIn: number;
  bytesOut: number;
  lastAt: number | null;
  lastError: string | null;
  /** Both lists of words are closed. */
  readonly rejects: Map<string, number>;
  readonly latencies: Latencies;
}

const newTally = (): Tally => ({
  requests: 0,
  refused: 0,
  failed: 0,
  bytesIn: 0,
  bytesOut: 0,
  lastAt: null,
  lastError: null,
  rejects: new Map(),
  latencies: createLatencies(),
});

/** Counts by the names of routes, which are those of a configuration: there are as many as it has ever named. */
export function createRouteTallies(): RouteTallies {
  const known = new Map<string, Tally>();
  return {
    of: (route) => {
      const { rejects, latencies, ...counts } = known.get(route) ?? newTally();
      return { ...counts, rejects: Object.fromEntries(rejects), latencyMs: latencies.figures() };
    },
    settled: (record) => {
      const { route, bytesIn, bytesOut, at, durationMs } = record;
      if (route === undefined) return;
      const tally = known.get(route) ?? newTally();
      known.set(route, tally);
      tally.requests += 1;
      tally.bytesIn += bytesIn;
      tally.bytesOut += bytesOut;
      tally.lastAt = Math.round(at + durationMs);
      countEnd(tally, record);
    },
  };
}

function countEnd(tally: Tally, record: RequestRecord): void {
  switch (record.outcome) {
    case "completed":
      tally.latencies.add(latencyOf(record));
      return;
    case "refused": {
      const why = refusalWord(record);
      tally.refused += 1;
      tally.rejects.set(why, (tally.rejects.get(why) ?? 0) + 1);
      tally.lastError = record.code;
      return;
    }
    case "failed":
      tally.failed += 1;
      tally.lastError = record.code;
      return;
    case "aborted":
  }
}

/** What a refusal is counted by. */
export const refusalWord = ({ reason, code }: Pick<RequestRecord, "reason" | "code">): string =>
  (code !== null && byName.has(code) ? code : reason) ?? code ?? "other";

/** Their reasons name keys, limits and policies: who asks for these finds them in records, the audit log and metrics of their own. */
const byName: ReadonlySet<RequestRecord["code"]> = new Set([
  "unauthenticated",
  "signature_invalid",
  "policy_denied",
  "rate_limited",
  "budget_exhausted",
]);

const switchedProtocols = 101;

const latencyOf = ({ status, events, firstByteMs, durationMs }: RequestRecord): number =>
  status === switchedProtocols || events > 0 ? (firstByteMs ?? durationMs) : durationMs;
