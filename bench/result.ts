import type { Commit, Machine } from "./machine.ts";
import type { Spread } from "./spread.ts";
import type { SystemName } from "./system-under-test.ts";

/** What one run of the bench found: the content of a file of bench/results. Rates per second, times in ms, sizes in MiB. */
export interface BenchResult {
  readonly format: 1;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly commit: Commit;
  readonly machine: Machine;
  /** Load averages of one minute, before and after the run, and whether others were busy before it. */
  readonly load: { readonly before: number; readonly after: number; readonly isBusy: boolean };
  readonly versions: Readonly<Record<string, string>>;
  readonly rounds: number;
  readonly secondsPerRun: number;
  /** From the start of the process to its ready line; absent when only streams were measured. */
  readonly startMs: number | undefined;
  readonly throughput: readonly ThroughputRow[];
  readonly memory: readonly MemoryRow[];
  readonly latency: readonly LatencyRow[];
  readonly streams: readonly StreamRow[];
}

/** Closed loop. */
export interface ThroughputRow {
  readonly system: SystemName;
  readonly connections: number;
  readonly requestsPerSecond: Spread;
  /** User and system time of all threads. */
  readonly cpuMicrosPerRequest: Spread;
  readonly latencyMsP99: Spread;
  /** Requests of all rounds without an answer of 2xx within ten seconds. */
  readonly failed: number;
}

/** Resident memory of the process under test. */
export interface MemoryRow {
  readonly system: SystemName;
  readonly idleMib: number;
  /** The most that was seen at the end of a run. */
  readonly loadMib: number;
  readonly afterMib: number;
  /** How long after the last request `afterMib` was read. */
  readonly afterSeconds: number;
}

/** Open loop, against the direct way in the same round. */
export interface LatencyRow {
  readonly system: SystemName;
  readonly ratePerSecond: number;
  readonly latencyMsP50: Spread;
  readonly latencyMsP99: Spread;
  readonly addedMsP50: Spread;
  readonly addedMsP99: Spread;
}

/** How a stream goes through a system: its bytes as they are, or translated for a client of another dialect. */
export type Lane = "bytes" | "canonical";

export interface StreamRow {
  readonly system: SystemName;
  readonly lane: Lane;
  readonly streams: number;
  readonly eventsPerCpuSecond: Spread;
  readonly cpuMicrosPerEvent: Spread;
  readonly addedFirstEventMsP50: Spread;
  readonly addedFirstEventMsP99: Spread;
  readonly kibPerStream: Spread;
  /** Streams of all rounds that did not arrive whole. */
  readonly broken: number;
}
