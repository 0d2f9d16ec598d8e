/** The buckets of one limit by their scope. A bucket that has filled up is dropped, as none is the same. */
export interface BucketTable {
  /** When the bucket is full again; in the past or 0: it is. */
  readonly tatOf: (scope: string) => number;
  /** @param now Buckets full by then make room. */
  readonly set: (scope: string, tat: number, now: number) => void;
  readonly size: () => number;
  /** What was taken takes `by` times as long to flow back from now on. */
  readonly rescale: (by: number, now: number) => void;
  /** All `by` of until now, multiplied: what was charged under another is given back by as much. */
  readonly scale: () => number;
  /** Of those that are not full, who has taken most, that first. Looks at 100,000 at most. */
  readonly fullest: (
    count: number,
    now: number,
  ) => readonly { readonly scope: string; readonly tat: number }[];
}

/** Scopes beyond what is kept share this bucket, so that strangers without number cannot pass uncounted. */
export const otherScopes = "(others)";

const looksMax = 100_000;
/** Old buckets looked at for each new one: they cannot become more than the live ones and as many again. */
const sweptPerNew = 2;

/**
 * Times lie in one array of doubles: an entry costs its scope's text, 37 bytes of the map and 8 of the array.
 * @param bucketsMax The most that are kept.
 */
export function createBucketTable(bucketsMax: number): BucketTable {
  const slots = new Map<string, number>();
  const free: number[] = [];
  let times = new Float64Array(16);
  let scale = 1;
  let sweep: MapIterator<[string, number]> | undefined;

  const timeAt = (slot: number): number => times[slot] ?? 0;
  const drop = (scope: string, slot: number): void => {
    slots.delete(scope);
    free.push(slot);
  };
  const sweepSome = (steps: number, now: number): void => {
    for (let step = 0; step < steps; step += 1) {
      sweep ??= slots.entries();
      const { done, value } = sweep.next();
      if (done === true) {
        sweep = undefined;
        return;
      }
      if (timeAt(value[1]) <= now) drop(value[0], value[1]);
    }
  };
  const newSlot = (): number => {
    const slot = free.pop() ?? slots.size;
    if (slot >= times.length) {
      const larger = new Float64Array(Math.min(times.length * 2, bucketsMax + 1));
      larger.set(times);
      times = larger;
    }
    return slot;
  };
  const keptNameOf = (scope: string): string =>
    slots.size < bucketsMax || slots.has(scope) ? scope : otherScopes;

  return {
    tatOf: (scope) => {
      const slot = slots.get(scope);
      if (slot !== undefined) return timeAt(slot);
      if (slots.size < bucketsMax) return 0;
      const others = slots.get(otherScopes);
      return others === undefined ? 0 : timeAt(others);
    },
    set: (scope, tat, now) => {
      const known = slots.get(scope);
      if (known !== undefined) {
        times[known] = tat;
        return;
      }
      sweepSome(sweptPerNew, now);
      const name = keptNameOf(scope);
      const slot = slots.get(name) ?? newSlot();
      slots.set(name, slot);
      times[slot] = tat;
    },
    size: () => slots.size,
    scale: () => scale,
    rescale: (by, now) => {
      scale *= by;
      for (const slot of slots.values()) {
        const left = timeAt(slot) - now;
        if (left > 0) times[slot] = now + left * by;
      }
    },
    fullest: (count, now) => {
      const found: { scope: string; tat: number }[] = [];
      let looks = 0;
      for (const [scope, slot] of slots) {
        looks += 1;
        if (looks > looksMax) break;
        const tat = timeAt(slot);
        if (tat <= now || (found.length === count && tat <= (found.at(-1)?.tat ?? 0))) continue;
        found.push({ scope, tat });
        found.sort((left, right) => right.tat - left.tat);
        if (found.length > count) found.pop();
      }
      return found;
    },
  };
}
