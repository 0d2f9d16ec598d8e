import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LastGood, printLastGood, readLastGood, type Seal } from "../config/last-good.ts";
import { readTextFile } from "../platform/file-config/index.ts";
import { openInstallation } from "../platform/secrets/index.ts";

const bytesMax = 16 * 1024 ** 2;
const fileIn = (directory: string): string => join(directory, "last-good.json");

/** Replaces the last good configuration of `directory` in one step. @throws Error of the file system. */
export function saveLastGood(directory: string, kept: LastGood, seal: Seal): void {
  const file = fileIn(directory);
  writeFileSync(`${file}.new`, printLastGood(kept, seal), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The last good configuration of `file`, or why there is none: a clause without full stop. Never throws. */
export function loadLastGood(
  directory: string,
  file: string,
): { readonly kind: "kept"; readonly kept: LastGood } | { readonly kind: "none"; readonly why: string } {
  const none = (why: string) => ({ kind: "none", why }) as const;
  if (!existsSync(fileIn(directory))) return none(`nothing is kept in ${directory}`);
  const reading = readTextFile(fileIn(directory), bytesMax);
  if (reading.kind === "unreadable") return none(`${fileIn(directory)} cannot be read: ${reading.reason}`);
  const kept = readLastGood(reading.text, openInstallation(directory).digestOf);
  if (kept === undefined) return none(`${fileIn(directory)} is damaged, or not of this installation`);
  return kept.file === file
    ? { kind: "kept", kept }
    : none(`${fileIn(directory)} is of another file, ${kept.file}`);
}
