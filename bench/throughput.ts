import { closedLoop } from "./http-load.ts";
import { cpuSeconds, residentMib } from "./process-cost.ts";
import type { Processes } from "./processes.ts";
import type { MemoryRow, ThroughputRow } from "./result.ts";
import { spread } from "./spread.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

export interface ThroughputPlan {
  readonly rounds: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly connections: readonly number[];
  readonly folder: string;
}

/** What is read while the systems are under load; the memory afterwards is read by the caller. */
export interface Throughput {
  readonly rows: readonly ThroughputRow[];
  readonly memory: readonly Pick<MemoryRow, "system" | "idleMib" | "loadMib">[];
}

/** Measures all systems in turn, round by round, so that a change of the machine's mood meets all of them. */
export async function measureThroughput(
  processes: Processes,
  systems: readonly SystemUnderTest[],
  plan: ThroughputPlan,
): Promise<Throughput> {
  const cells = plan.connections.flatMap((connections) =>
    systems.map((system) => ({ system, connections, runs: [] as Run[] })),
  );
  const memory = systems.map((system) => ({
    system: system.name,
    pid: system.pid,
    idleMib: residentMib(system.pid),
    loadMib: 0,
  }));
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const { system, connections, runs } of cells) {
      await closedLoop(processes, system, { ...plan, connections, seconds: plan.warmUpSeconds });
      const cpuBefore = cpuSeconds(system.pid);
      const load = await closedLoop(processes, system, { ...plan, connections });
      const cpu = cpuSeconds(system.pid) - cpuBefore;
      for (const row of memory)
        if (row.pid === system.pid) row.loadMib = Math.max(row.loadMib, residentMib(row.pid));
      runs.push({ ...load, cpuMicros: (cpu / load.requests) * 1e6 });
      console.log(
        `  round ${round}, ${connections} connections, ${system.name}: ${load.requestsPerSecond.toFixed(0)}/s, ` +
          `${((cpu / load.requests) * 1e6).toFixed(1)} µs CPU a request`,
      );
    }
  }
  return {
    rows: cells.map(({ system, connections, runs }) => ({
      system: system.name,
      connections,
      requestsPerSecond: spread(runs.map((run) => run.requestsPerSecond)),
      cpuMicrosPerRequest: spread(runs.map((run) => run.cpuMicros)),
      latencyMsP99: spread(runs.map((run) => run.latencyMsP99)),
      failed: runs.reduce((sum, { failed }) => sum + failed, 0),
    })),
    memory: memory.map(({ system, idleMib, loadMib }) => ({ system, idleMib, loadMib })),
  };
}

interface Run {
  readonly requestsPerSecond: number;
  readonly cpuMicros: number;
  readonly failed: number;
  readonly latencyMsP99: number;
}
