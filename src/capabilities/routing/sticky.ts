/** Who goes on where they were: a conversation keeps the place where its prompt is cached, a key the machine that knows it. */
export interface Stickiness {
  /** The target that this unit was served by last, `provider/model`; `undefined`: it may go anywhere. `now`: ms. */
  readonly keptOf: (unit: Unit, now: number) => string | undefined;
  readonly took: (requestId: string, placed: Placed, now: number) => void;
  /** Who answered in the end: where the first could not, the unit moves. `undefined`: nobody did. */
  readonly settled: (requestId: string, target: string | undefined, now: number) => void;
}

/** What goes on where it was. */
export interface Unit {
  readonly pool: string;
  /** The key that asks: each has room of its own. */
  readonly owner: string;
  readonly unit: string;
}

export interface Placed extends Unit {
  readonly target: string;
}

const keptMs = 3_600_000;
const unitsMax = 20_000;
const openMax = 20_000;

/** Remembers for an hour since the last request, at most 20,000 units of a key; those that were quiet longest go. */
export function createStickiness(): Stickiness {
  const owners = new Map<string, Map<string, { readonly target: string; readonly until: number }>>();
  const open = new Map<string, Placed>();
  const keyOf = (pool: string, unit: string): string => `${pool}\n${unit}`;
  const put = ({ pool, owner, unit, target }: Placed, now: number): void => {
    const places = owners.get(owner) ?? new Map();
    owners.set(owner, places);
    const key = keyOf(pool, unit);
    places.delete(key);
    places.set(key, { target, until: now + keptMs });
    dropFirst(places, unitsMax);
  };
  return {
    keptOf: ({ pool, owner, unit }, now) => {
      const place = owners.get(owner)?.get(keyOf(pool, unit));
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
