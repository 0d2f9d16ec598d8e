import { createLru } from "../kernel/lru.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { GraphqlOperation, KnownOperation } from "../ports/graphql.ts";
import { exponentialBuckets, type Histogram, type Meter } from "../ports/meter.ts";
import { createLatencies, type Latencies, type LatencyFigures } from "./latencies.ts";
import { createUntrustedNotes, type UntrustedNotes } from "./untrusted-documents.ts";

/**
 * How an operation ended. `ok`: answered. `errors`: answered, with errors among it. `failed`: by the fault of a service.
 * `refused`: by a rule of the gateway. `aborted`: its client went.
 */
export type OperationResult = "ok" | "errors" | "failed" | "refused" | "aborted";

/** What has become of one operation of a route, by its document: neither its variables nor its literals. */
export interface OperationTraffic {
  /** `null`: it has none. */
  readonly name: string | null;
  /** `null`: its document was not taken. */
  readonly type: GraphqlOperation["type"] | null;
  /** 12 digits of the SHA-256 of its document without what has no meaning; of its text, where that was not taken. */
  readonly digest: string;
  readonly requests: number;
  readonly errors: number;
  readonly failed: number;
  readonly refused: number;
  /** ms since 1970. */
  readonly lastAt: number;
  /** Until its answer was whole; `null`: none was, or it is a subscription. */
  readonly latencyMs: LatencyFigures | null;
  /** The most that it has cost; `null`: it was never run. */
  readonly costMax: number | null;
  readonly depthMax: number | null;
}

/** What a subgraph was asked by one route. */
export interface SubgraphTraffic {
  readonly requests: number;
  readonly failed: number;
  readonly latencyMs: LatencyFigures | null;
}

/** Told of the operations of routes. */
export interface GraphqlTally {
  readonly ended: (
    route: string,
    operation: GraphqlOperation,
    how: { readonly result: OperationResult; readonly tookMs: number },
  ) => void;
  /** Not run; `unread`: its document was not taken, and this is its text's digest. */
  readonly refused: (route: string, what: KnownOperation | UnreadOperation) => void;
  /** Run, though only documents that are known beforehand are trusted. */
  readonly untrusted: UntrustedNotes;
  /** A subgraph, and how many milliseconds its answer took. */
  readonly asked: (route: string, subgraph: string, took: number | "failed") => void;
}

export interface UnreadOperation {
  readonly type: "unread";
  /** As the client says; it may be anything. */
  readonly name: string | undefined;
  readonly hash: string;
}

export interface GraphqlTallies extends GraphqlTally {
  /** The last used first. */
  readonly operations: (route: string) => readonly OperationTraffic[];
  readonly subgraph: (route: string, subgraph: string) => SubgraphTraffic;
}

interface Ledger {
  readonly taken: ReturnType<typeof createOperations>;
  /** By themselves, so that those who send junk cannot drive out the operations of others. */
  readonly unread: ReturnType<typeof createOperations>;
  readonly subgraphs: Map<string, Subgraph>;
}

interface Subgraph {
  requests: number;
  failed: number;
  readonly latencies: Latencies;
  readonly seconds: Histogram;
}

const takenMax = 200;
const unreadMax = 50;
const secondsPerMs = 1000;
const digestDigits = 12;
const nameMax = 100;

type TallyParts = Parameters<typeof createUntrustedNotes>[0] & { readonly clock: Pick<Clock, "now"> };

/** Counts by the names of routes and subgraphs, which are those of a configuration, and the last used operations of each. */
export function createGraphqlTallies(parts: TallyParts): GraphqlTallies {
  const { meter, clock } = parts;
  const { now } = clock;
  const metrics = graphqlMetrics(meter);
  const ledgers = new Map<string, Ledger>();
  const ledgerOf = (route: string): Ledger => {
    const ledger = ledgers.get(route) ?? {
      taken: createOperations(takenMax),
      unread: createOperations(unreadMax),
      subgraphs: new Map<string, Subgraph>(),
    };
    ledgers.set(route, ledger);
    return ledger;
  };
  return {
    ended: (route, operation, { result, tookMs }) => {
      const { type, cost, depth } = operation;
      metrics.operations.series({ route, type, result }).add(1);
      metrics.cost.series({ route }).observe(cost);
      metrics.depth.series({ route }).observe(depth);
      const counts = ledgerOf(route).taken.of(operation, now());
      counts.costMax = Math.max(counts.costMax ?? 0, cost);
      counts.depthMax = Math.max(counts.depthMax ?? 0, depth);
      if (result === "errors" || result === "failed" || result === "refused") counts[result] += 1;
      if ((result === "ok" || result === "errors") && type !== "subscription") {
        counts.latencies ??= createLatencies();
        counts.latencies.add(tookMs);
      }
    },
    refused: (route, what) => {
      const { type } = what;
      metrics.operations
        .series({ route, type: type === "unread" ? "unknown" : type, result: "refused" })
        .add(1);
      const { taken, unread } = ledgerOf(route);
      (type === "unread" ? unread : taken).of(what, now()).refused += 1;
    },
    untrusted: createUntrustedNotes(parts),
    asked: (route, subgraph, took) => {
      const { subgraphs } = ledgerOf(route);
      const counts = subgraphs.get(subgraph) ?? {
        requests: 0,
        failed: 0,
        latencies: createLatencies(),
        seconds: metrics.subgraph.series({ route, subgraph }),
      };
      subgraphs.set(subgraph, counts);
      counts.requests += 1;
      if (took === "failed") {
        counts.failed += 1;
        return;
      }
      counts.latencies.add(took);
      counts.seconds.observe(took / secondsPerMs);
    },
    operations: (route) => {
      const ledger = ledgers.get(route);
      if (ledger === undefined) return [];
      return [...ledger.taken.list(), ...ledger.unread.list()].toSorted(
        (one, other) => other.lastAt - one.lastAt,
      );
    },
    subgraph: (route, name) => {
      const { requests = 0, failed = 0, latencies } = ledgers.get(route)?.subgraphs.get(name) ?? {};
      return { requests, failed, latencyMs: latencies?.figures() ?? null };
    },
  };
}

function graphqlMetrics(meter: Meter) {
  return {
    operations: meter.counter({
      name: "sallyport_graphql_operations_total",
      help: "Operations of GraphQL by how they ended: ok, errors (among the answer), failed, refused, aborted.",
      labels: ["route", "type", "result"],
    }),
    cost: meter.histogram({
      name: "sallyport_graphql_operation_cost",
      help: "What operations of GraphQL that were run cost, by the weights of their schema.",
      labels: ["route"],
      buckets: [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 100_000],
    }),
    depth: meter.histogram({
      name: "sallyport_graphql_operation_depth",
      help: "How deep operations of GraphQL that were run are: fields within fields.",
      labels: ["route"],
      buckets: [1, 2, 3, 4, 6, 8, 10, 12, 16, 24],
    }),
    subgraph: meter.histogram({
      name: "sallyport_graphql_subgraph_duration_seconds",
      help: "Time until the answer of a subgraph was whole.",
      labels: ["route", "subgraph"],
      buckets: exponentialBuckets({ start: 0.001, factor: 2, count: 16 }),
    }),
  };
}

interface Counts {
  errors: number;
  failed: number;
  refused: number;
  requests: number;
  lastAt: EpochMs;
  costMax: number | null;
  depthMax: number | null;
  latencies: Latencies | undefined;
  readonly name: string | null;
  readonly type: OperationTraffic["type"];
  readonly digest: string;
}

/** The last used operations, `max` of them. */
function createOperations(max: number) {
  const known = createLru<Counts>(max);
  return {
    /** One more of it has come. */
    of: ({ type, name, hash }: KnownOperation | UnreadOperation, at: EpochMs): Counts => {
      const counts = known.get(hash) ?? {
        name: shownName(name),
        type: type === "unread" ? null : type,
        digest: hash.slice(0, digestDigits),
        ...{ requests: 0, errors: 0, failed: 0, refused: 0 },
        lastAt: at,
        costMax: null,
        depthMax: null,
        latencies: undefined,
      };
      known.set(hash, counts, 1);
      counts.requests += 1;
      counts.lastAt = at;
      return counts;
    },
    list: (): readonly OperationTraffic[] =>
      known
        .values()
        .map(({ latencies, ...counts }) => ({ ...counts, latencyMs: latencies?.figures() ?? null })),
  };
}

/**
 * A name of GraphQL, not too long to be read. Made anew of its characters: as a piece of its document it would keep all of
 * that alive, and clients write comments of 200 KB.
 */
function shownName(name: string | undefined): string | null {
  if (name === undefined || !/^[A-Za-z_][A-Za-z_0-9]*$/.test(name)) return null;
  return String.fromCharCode(...Array.from(name.slice(0, nameMax), (letter) => letter.charCodeAt(0)));
}
