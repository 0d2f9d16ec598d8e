import type { PlanCacheStats } from "../../ports/graphql-federation.ts";

export interface Kept<T> {
  readonly get: (key: string, make: () => T) => T;
  readonly stats: () => PlanCacheStats;
}

/** Keeps what was made, the last used; what throws is not kept. */
export function createKept<T>(max: number): Kept<T> {
  const kept = new Map<string, { readonly value: T }>();
  let hits = 0;
  let misses = 0;
  return {
    get: (key, make) => {
      const known = kept.get(key);
      if (known === undefined) misses++;
      else hits++;
      const entry = known ?? { value: make() };
      kept.delete(key);
      kept.set(key, entry);
      const [oldest] = kept.keys();
      if (kept.size > max && oldest !== undefined) kept.delete(oldest);
      return entry.value;
    },
    stats: () => ({ plans: kept.size, hits, misses }),
  };
}
