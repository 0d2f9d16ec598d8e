/** Places of one limit of concurrency, by scope. A permit that is never given back ends by itself. */
export interface PermitTable {
  /** Held now; from `enough` on those that have ended are looked for first. */
  readonly heldBy: (scope: string, enough: number, now: number) => number;
  /** Microseconds until the first of them ends by itself; 0: there is none. */
  readonly firstEnd: (scope: string, now: number) => number;
  /** @param expiresAt Microseconds since 2026-01-01. @returns Gives it back, once. */
  readonly take: (scope: string, expiresAt: number) => () => void;
  readonly size: () => number;
  readonly fullest: (
    count: number,
    now: number,
  ) => readonly { readonly scope: string; readonly held: number }[];
}

interface Permit {
  readonly expiresAt: number;
}

export function createPermitTable(): PermitTable {
  const held = new Map<string, Set<Permit>>();
  const liveOf = (scope: string, now: number): Set<Permit> | undefined => {
    const permits = held.get(scope);
    if (permits === undefined) return undefined;
    for (const permit of permits) if (permit.expiresAt <= now) permits.delete(permit);
    if (permits.size > 0) return permits;
    held.delete(scope);
    return undefined;
  };
  return {
    heldBy: (scope, enough, now) => {
      const size = held.get(scope)?.size ?? 0;
      return size < enough ? size : (liveOf(scope, now)?.size ?? 0);
    },
    firstEnd: (scope, now) => {
      const permits = liveOf(scope, now);
      if (permits === undefined) return 0;
      let first = Number.POSITIVE_INFINITY;
      for (const { expiresAt } of permits) first = Math.min(first, expiresAt);
      return first - now;
    },
    take: (scope, expiresAt) => {
      const permit: Permit = { expiresAt };
      const permits = held.get(scope) ?? new Set();
      held.set(scope, permits.add(permit));
      return () => {
        permits.delete(permit);
        if (permits.size === 0 && held.get(scope) === permits) held.delete(scope);
      };
    },
    size: () => held.size,
    fullest: (count, now) =>
      [...held.keys()]
        .map((scope) => ({ scope, held: liveOf(scope, now)?.size ?? 0 }))
        .filter((one) => one.held > 0)
        .toSorted((left, right) => right.held - left.held)
        .slice(0, count),
  };
}
