import type { BenchResult, StreamRow } from "./result.ts";
import type { SystemName } from "./system-under-test.ts";

/** A bound that a measured figure is held against. */
export interface Target {
  readonly what: string;
  /** The figure; `undefined` when the run did not measure it. */
  readonly found: number | undefined;
  readonly sense: "at least" | "at most";
  /** Bounds of the stages, from the first to the moonshot. */
  readonly stages: readonly number[];
  readonly unit: string;
}

/** The figure of `sallyport` divided by that of another system, at the same number of connections. */
export function throughputRatio(
  result: BenchResult,
  other: SystemName,
  connections: number,
): number | undefined {
  const of = (system: SystemName) =>
    result.throughput.find((row) => row.system === system && row.connections === connections)
      ?.requestsPerSecond.median;
  return divide(of("sallyport"), of(other));
}

/** CPU time a request of `sallyport` divided by that of another system. Suffers less from a busy machine than rates do. */
export function cpuRatio(result: BenchResult, other: SystemName, connections: number): number | undefined {
  const of = (system: SystemName) =>
    result.throughput.find((row) => row.system === system && row.connections === connections)
      ?.cpuMicrosPerRequest.median;
  return divide(of("sallyport"), of(other));
}

/** CPU time an event of `sallyport` divided by that of another system. The bytes lane is the other's only one. */
export function streamRatio(result: BenchResult, row: StreamRow, other: SystemName): number | undefined {
  const theirs = result.streams.find(
    ({ system, lane, streams }) => system === other && lane === "bytes" && streams === row.streams,
  );
  return divide(row.cpuMicrosPerEvent.median, theirs?.cpuMicrosPerEvent.median);
}

/** The targets of the project for what a request and an event may cost, with what `result` has found. */
export function targetsOf(result: BenchResult): readonly Target[] {
  const added = result.latency.find(({ system }) => system === "sallyport")?.addedMsP99.median;
  const memory = result.memory.find(({ system }) => system === "sallyport");
  const most = Math.max(0, ...result.streams.map(({ streams }) => streams));
  const stream = result.streams.find(
    ({ system, lane, streams }) => system === "sallyport" && lane === "bytes" && streams === most,
  );
  return [
    {
      what: "requests/s, × Portkey",
      found: throughputRatio(result, "portkey", 32),
      sense: "at least",
      stages: [6, 10, 12],
      unit: "×",
    },
    {
      what: "requests/s, × nginx",
      found: throughputRatio(result, "nginx", 32),
      sense: "at least",
      stages: [0.16, 0.28, 0.35],
      unit: "×",
    },
    { what: "added p99 at half load", found: added, sense: "at most", stages: [2, 1, 0.7], unit: "ms" },
    {
      what: "CPU an event, × Portkey",
      found: stream && streamRatio(result, stream, "portkey"),
      sense: "at most",
      stages: [0.5],
      unit: "×",
    },
    {
      what: "memory of an open stream",
      found: stream?.kibPerStream.median,
      sense: "at most",
      stages: [60, 30],
      unit: "KiB",
    },
    { what: "memory when idle", found: memory?.idleMib, sense: "at most", stages: [90], unit: "MiB" },
    { what: "start to ready", found: result.startMs, sense: "at most", stages: [400], unit: "ms" },
  ];
}

/** Whether the figure keeps the bound of a stage; `undefined` when it is not known. */
export function isMet(target: Target, bound: number): boolean | undefined {
  if (target.found === undefined) return undefined;
  return target.sense === "at least" ? target.found >= bound : target.found <= bound;
}

function divide(dividend: number | undefined, divisor: number | undefined): number | undefined {
  return dividend === undefined || divisor === undefined ? undefined : dividend / divisor;
}
