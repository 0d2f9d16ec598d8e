import { readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Day } from "./day.ts";
import { isMissing } from "./fault.ts";

/** One day on the disk: the database, its `-wal` and `-shm`, and what was set aside of it. */
export interface StoredDay {
  readonly day: Day;
  /** Whether there is a database to read, not only leftovers. */
  readonly isReadable: boolean;
  readonly bytes: number;
  readonly names: readonly string[];
}

const nameShape = /^(\d{4}-\d{2}-\d{2})\.db(.*)$/;

/** What `directory` holds, oldest day first. */
export function storedDays(directory: string): readonly StoredDay[] {
  const days = new Map<Day, { isReadable: boolean; bytes: number; names: string[] }>();
  for (const name of readdirSync(directory)) {
    const [, day, rest] = nameShape.exec(name) ?? [];
    if (day === undefined) continue;
    const entry = days.get(day) ?? { isReadable: false, bytes: 0, names: [] };
    days.set(day, entry);
    entry.isReadable ||= rest === "";
    entry.bytes += sizeOf(join(directory, name));
    entry.names.push(name);
  }
  return [...days]
    .map(([day, entry]) => ({ day, ...entry }))
    .toSorted((left, right) => (left.day < right.day ? -1 : 1));
}

/** How long and how much is kept. */
export interface Retention {
  /** Days before today that are kept. */
  readonly days: number;
  /** All day files together. Today's is never deleted, however large. */
  readonly bytes: number;
}

/** Which of the days (oldest first) have to go: those too old, then the oldest until the rest fits. */
export function expiredDays(
  stored: readonly StoredDay[],
  { retention, oldestKept, today }: { retention: Retention; oldestKept: Day; today: Day },
): readonly StoredDay[] {
  let bytes = stored.reduce((sum, entry) => sum + entry.bytes, 0);
  return stored.filter((entry) => {
    if (entry.day >= today) return false;
    if (entry.day >= oldestKept && bytes <= retention.bytes) return false;
    bytes -= entry.bytes;
    return true;
  });
}

/** Deletes a day: the database first, so that a crash in between leaves nothing that looks like one. */
export function deleteDay(directory: string, stored: StoredDay): void {
  for (const name of stored.names.toSorted()) rmSync(join(directory, name), { force: true });
}

/** Renames a database that cannot be read, and its WAL with it, to `<name>.corrupt-<time>`. Returns the new path. */
export function setAside(path: string, at: number): string {
  const target = `${path}.corrupt-${new Date(at).toISOString().replaceAll(":", "-")}`;
  for (const suffix of ["-shm", "-wal", ""]) {
    try {
      renameSync(`${path}${suffix}`, `${target}${suffix}`);
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
    }
  }
  return target;
}

/** The size of a file in bytes; 0 when there is none. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
