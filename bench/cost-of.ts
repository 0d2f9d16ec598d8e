import { performance } from "node:perf_hooks";

const rounds = 200_000;

export interface Cost {
  readonly medianMicros: number;
  readonly p99Micros: number;
}

/** Of one call, measured in batches: the clock costs as much as what is measured. */
export function costOf(act: (index: number) => void, perBatch: number, calls = rounds): Cost {
  for (let index = 0; index < calls / 10; index += 1) act(index);
  const times: number[] = [];
  for (let batch = 0; batch < calls / perBatch; batch += 1) {
    const from = performance.now();
    for (let index = 0; index < perBatch; index += 1) act(index);
    times.push(((performance.now() - from) * 1000) / perBatch);
  }
  times.sort((left, right) => left - right);
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0;
  return { medianMicros: at(0.5), p99Micros: at(0.99) };
}

export type CostRow = readonly [name: string, cost: Cost, target: string];
