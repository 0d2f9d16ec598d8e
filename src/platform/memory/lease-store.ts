import type { Clock } from "../../ports/clock.ts";
import type { LeaseAsk, LeaseStore, SharedBucket } from "../../ports/lease.ts";

const nodeMs = 60_000;

/** Shared buckets of one process: for tests, simulations and workers that ask one of them. */
export function createMemoryLeaseStore(clock: Clock): LeaseStore {
  const times = new Map<string, number>();
  const seen = new Map<string, number>();
  const micros = (): number => clock.monotonic() * 1000;
  const leftOf = ({ key, unitMicros, capacityMicros }: SharedBucket, now: number): number =>
    Math.floor((capacityMicros - Math.max(0, (times.get(key) ?? 0) - now)) / unitMicros + 1e-6);
  const waitOf = ({ bucket, least }: LeaseAsk, now: number): number => {
    const { key, unitMicros, capacityMicros } = bucket;
    return Math.max(0, Math.max(now, times.get(key) ?? 0) + least * unitMicros - now - capacityMicros);
  };
  return {
    take: async (node, asks) => {
      const now = micros();
      for (const [key, tat] of times) if (tat <= now) times.delete(key);
      for (const [name, at] of seen) if (at <= clock.monotonic() - nodeMs) seen.delete(name);
      seen.set(node, clock.monotonic());
      const nodes = seen.size;
      const granted = asks.map(({ bucket, most }) => Math.min(most, leftOf(bucket, now)));
      if (asks.some(({ least }, index) => (granted[index] ?? 0) < least))
        return { kind: "short", waitMicros: asks.map((ask) => waitOf(ask, now)), nodes };
      for (const [index, { bucket }] of asks.entries())
        times.set(
          bucket.key,
          Math.max(now, times.get(bucket.key) ?? 0) + (granted[index] ?? 0) * bucket.unitMicros,
        );
      return { kind: "granted", granted, nodes };
    },
    give: async ({ key, unitMicros }, units) => {
      const tat = times.get(key);
      if (tat !== undefined) times.set(key, Math.max(micros(), tat - units * unitMicros));
    },
  };
}
