/** Values under texts, the longest unused given up first once their sizes pass a bound. */
export interface Lru<Value> {
  readonly get: (key: string) => Value | undefined;
  /** One that is larger than the bound by itself is not kept. */
  readonly set: (key: string, value: Value, bytes: number) => void;
  /** All that are kept, the longest unused first. */
  readonly values: () => readonly Value[];
  readonly size: () => { readonly entries: number; readonly bytes: number };
}

export function createLru<Value>(bytesMax: number): Lru<Value> {
  const entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  let total = 0;

  const drop = (key: string): void => {
    total -= entries.get(key)?.bytes ?? 0;
    entries.delete(key);
  };
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value, bytes) {
      drop(key);
      if (bytes > bytesMax) return;
      entries.set(key, { value, bytes });
      total += bytes;
      for (const oldest of entries.keys()) {
        if (total <= bytesMax) break;
        drop(oldest);
      }
    },
    values: () => [...entries.values()].map(({ value }) => value),
    size: () => ({ entries: entries.size, bytes: total }),
  };
}
