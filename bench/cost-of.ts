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
  return costIn(times);
}

/** Of one call that is waited for, one after the other. */
export async function asyncCostOf(act: (index: number) => Promise<void>, calls: number): Promise<Cost> {
  for (let index = 0; index < calls / 10; index += 1) await act(index);
  const times: number[] = [];
  for (let index = 0; index < calls; index += 1) {
    const from = performance.now();
    await act(index);
    times.push((performance.now() - from) * 1000);
  }
  return costIn(times);
}

function costIn(times: readonly number[]): Cost {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  return { medianMicros: at(0.5), p99Micros: at(0.99) };
}

/** What is held by what is made. Without `--expose-gc` that holds garbage too. */
export function heldBytes<Made>(make: () => Made): { readonly made: Made; readonly bytes: number } {
  const memory = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = memory();
  const made = make();
  return { made, bytes: memory() - before };
}

export type CostRow = readonly [name: string, cost: Cost, target: string];
