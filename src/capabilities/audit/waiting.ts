import type { AuditEntry } from "./record.ts";

/** An entry that is not written yet. */
export interface WaitingEntry {
  readonly entry: AuditEntry;
  /** Of who waits until it is durable; absent: nobody does. */
  readonly told?: (fault?: unknown) => void;
}

/** Entries in the order in which they were told. */
export interface Waiting {
  /** False: there is no room. Who waits for an entry always has room: only so many wait as the admin API lets in. */
  readonly push: (waiting: WaitingEntry) => boolean;
  /** The first of them, at most `count`; they stay until `shift`. */
  readonly first: (count: number) => readonly WaitingEntry[];
  readonly shift: (count: number) => void;
  readonly size: () => number;
  /** Tells all who wait that it failed; their entries stay. */
  readonly fail: (fault: unknown) => void;
}

export function createWaiting(entriesMax: number): Waiting {
  let entries: WaitingEntry[] = [];
  return {
    push: (waiting) => {
      if (waiting.told === undefined && entries.length >= entriesMax) return false;
      entries.push(waiting);
      return true;
    },
    first: (count) => entries.slice(0, count),
    shift: (count) => {
      entries = entries.slice(count);
    },
    size: () => entries.length,
    fail: (fault) => {
      for (const { told } of entries) told?.(fault);
      entries = entries.map(({ entry }) => ({ entry }));
    },
  };
}
