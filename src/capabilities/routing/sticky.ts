/** Who goes on where they were: a conversation keeps the place where its prompt is cached, a key the machine that knows it. */
export interface Stickiness {
  /** The target that this unit was served by last, `provider/model`; `undefined`: it may go anywhere. `now`: ms. */
  readonly keptOf: (pool: string, unit: string, now: number) => string | undefined;
  readonly took: (requestId: string, placed: Placed, now: number) => void;
  /** Who answered in the end: where the first could not, the unit moves. `undefined`: nobody did. */
  readonly settled: (requestId: string, target: string | undefined, now: number) => void;
}

export interface Placed {
  readonly pool: string;
  readonly unit: string;
  readonly target: string;
}

const keptMs = 3_600_000;
const unitsMax = 100_000;
const openMax = 20_000;

/** Remembers for an hour since the last request, at most 100,000 units; those that were quiet longest go. */
export function createStickiness(): Stickiness {
  const places = new Map<string, { readonly target: string; readonly until: number }>();
  const open = new Map<string, Placed>();
  const keyOf = (pool: string, unit: string): string => `${pool}\n${unit}`;
  const put = ({ pool, unit, target }: Placed, now: number): void => {
    const key = keyOf(pool, unit);
    places.delete(key);
    places.set(key, { target, until: now + keptMs });
    dropFirst(places, unitsMax);
  };
  return {
    keptOf: (pool, unit, now) => {
      const place = places.get(keyOf(pool, unit));
      return place === undefined || place.until <= now ? undefined : place.target;
    },
    took: (requestId, placed, now) => {
      put(placed, now);
      open.set(requestId, placed);
      dropFirst(open, openMax);
    },
    settled: (requestId, target, now) => {
      const placed = open.get(requestId);
      open.delete(requestId);
      if (placed === undefined || target === undefined || target === placed.target) return;
      put({ ...placed, target }, now);
    },
  };
}

function dropFirst(map: Map<string, unknown>, most: number): void {
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
