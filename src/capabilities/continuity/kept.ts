import type { EpochMs } from "../../kernel/units.ts";

/** What a store may hold. */
export interface Bounds {
  readonly bytesMax: number;
  readonly entryBytesMax: number;
  readonly ttlMs: number;
}

/** Values by tenant and id, bounded in bytes and age; a holder of state that one gateway owns. */
export interface Kept<Value> {
  readonly keep: (tenant: string, id: string, value: Value) => void;
  readonly find: (tenant: string, id: string) => Value | undefined;
  /** @returns Whether there was one. */
  readonly drop: (tenant: string, id: string) => boolean;
  readonly bytes: () => number;
}

interface Entry<Value> {
  readonly value: Value;
  readonly bytes: number;
  readonly until: number;
}

/**
 * The oldest goes first when there is no room: an entry that was found is young again.
 *
 * @param sizeOf An upper estimate in bytes, without the key.
 */
export function createKept<Value>(
  { bytesMax, entryBytesMax, ttlMs }: Bounds,
  sizeOf: (value: Value) => number,
  now: () => EpochMs,
): Kept<Value> {
  const entries = new Map<string, Entry<Value>>();
  let held = 0;
  const remove = (key: string): boolean => {
    held -= entries.get(key)?.bytes ?? 0;
    return entries.delete(key);
  };
  return {
    keep: (tenant, id, value) => {
      const key = keyOf(tenant, id);
      const bytes = 2 * key.length + sizeOf(value);
      if (bytes > entryBytesMax || bytes > bytesMax) return;
      remove(key);
      entries.set(key, { value, bytes, until: now() + ttlMs });
      held += bytes;
      for (const oldest of entries.keys()) {
        if (held <= bytesMax) break;
        remove(oldest);
      }
    },
    find: (tenant, id) => {
      const key = keyOf(tenant, id);
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.until <= now()) {
        remove(key);
        return undefined;
      }
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    drop: (tenant, id) => remove(keyOf(tenant, id)),
    bytes: () => held,
  };
}

const keyOf = (tenant: string, id: string): string => `${tenant}\n${id}`;
