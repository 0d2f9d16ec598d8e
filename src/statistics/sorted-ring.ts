/** The last values, in their order and by their size. */
export interface SortedRing {
  readonly push: (value: number) => void;
  readonly count: () => number;
  /** The value of this rank, from 1 for the least; beyond the greatest it is that one. */
  readonly rank: (rank: number) => number | undefined;
  /** Oldest first. */
  readonly values: () => readonly number[];
}

/** Keeps the last `most` numbers; each costs one insertion. */
export function createSortedRing(most: number, from: Iterable<number> = []): SortedRing {
  const ring: number[] = [];
  const sorted: number[] = [];
  let next = 0;
  const push = (value: number): void => {
    const oldest = ring.length < most ? undefined : ring[next];
    if (oldest !== undefined) sorted.splice(placeOf(sorted, oldest), 1);
    ring[next] = value;
    next = (next + 1) % most;
    sorted.splice(placeOf(sorted, value), 0, value);
  };
  for (const value of from) push(value);
  return {
    push,
    count: () => sorted.length,
    rank: (rank) => sorted[Math.min(sorted.length, Math.max(1, rank)) - 1],
    values: () => (ring.length < most ? [...ring] : [...ring.slice(next), ...ring.slice(0, next)]),
  };
}

/** The first place whose value is not below. */
function placeOf(sorted: readonly number[], value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
