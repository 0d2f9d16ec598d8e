import { type OpenLoop, openLoop } from "./http-load.ts";
import type { Processes } from "./processes.ts";
import type { LatencyRow } from "./result.ts";
import { spread } from "./spread.ts";
import type { SystemUnderTest } from "./system-under-test.ts";

export interface LatencyPlan {
  readonly rounds: number;
  readonly seconds: number;
  readonly folder: string;
}

/** A system and the rate at which it is asked. */
export interface LatencyCell {
  readonly system: SystemUnderTest;
  readonly ratePerSecond: number;
}

/** Measures what each system adds to the direct way at the same rate in the same round. */
export async function measureLatency(
  processes: Processes,
  subjects: { readonly direct: SystemUnderTest; readonly cells: readonly LatencyCell[] },
  plan: LatencyPlan,
): Promise<readonly LatencyRow[]> {
  const rounds = subjects.cells.map((cell) => ({ ...cell, pairs: [] as Pair[] }));
  for (let round = 1; round <= plan.rounds; round += 1) {
    const direct = new Map<number, OpenLoop>();
    for (const { system, ratePerSecond, pairs } of rounds) {
      const run = { ratePerSecond, seconds: plan.seconds, folder: plan.folder };
      const base = direct.get(ratePerSecond) ?? (await openLoop(processes, subjects.direct, run));
      direct.set(ratePerSecond, base);
      const found = await openLoop(processes, system, run);
      pairs.push({ base, found });
      console.log(
        `  round ${round}, ${found.requestsPerSecond.toFixed(0)}/s, ${system.name}: ` +
          `p50 ${found.latencyMsP50.toFixed(2)} ms, p99 ${found.latencyMsP99.toFixed(2)} ms ` +
          `(direct ${base.latencyMsP50.toFixed(2)}, ${base.latencyMsP99.toFixed(2)})`,
      );
    }
  }
  return rounds.map(({ system, ratePerSecond, pairs }) => ({
    system: system.name,
    ratePerSecond,
    latencyMsP50: spread(pairs.map(({ found }) => found.latencyMsP50)),
    latencyMsP99: spread(pairs.map(({ found }) => found.latencyMsP99)),
    addedMsP50: spread(pairs.map(({ base, found }) => found.latencyMsP50 - base.latencyMsP50)),
    addedMsP99: spread(pairs.map(({ base, found }) => found.latencyMsP99 - base.latencyMsP99)),
  }));
}

interface Pair {
  readonly base: OpenLoop;
  readonly found: OpenLoop;
}
