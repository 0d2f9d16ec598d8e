import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { HashLevel } from "../../ports/audit-store.ts";

/** The files of an audit log, in one directory. `docs/audit.md` describes them for strangers. */
export const notesFile = (directory: string): string => join(directory, "checkpoints.txt");
export const verifierFile = (directory: string): string => join(directory, "verifier.txt");
export const hashFile = (directory: string, level: HashLevel): string => join(directory, `hashes-${level}`);
export const segmentFile = (directory: string, segment: number): string =>
  join(directory, `records-${String(segment).padStart(6, "0")}.log`);

const segmentForm = /^records-(\d{6,})\.log$/;

/** The numbers of the segments that are here, rising. */
export function storedSegments(directory: string): readonly number[] {
  return readdirSync(directory)
    .flatMap((name) => segmentForm.exec(name)?.[1] ?? [])
    .map(Number)
    .toSorted((left, right) => left - right);
}
