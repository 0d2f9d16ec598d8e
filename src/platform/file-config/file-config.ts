import { createHash } from "node:crypto";
import { watch as watchDirectory } from "node:fs";
import { dirname, isAbsolute, resolve } from "node:path";
import { milliseconds } from "../../kernel/units.ts";
import type { ConfigSource, FileReading } from "../../ports/config-source.ts";
import type { Timer } from "../../ports/timer.ts";
import { readTextFile } from "./read-file.ts";

const configBytesMax = 4 * 1024 ** 2;
const secretBytesMax = 64 * 1024;
const pollInterval = milliseconds(1000);
/** How long a new text must hold still: editors write in pieces. */
const settleTime = milliseconds(250);

export interface FileConfig {
  readonly source: ConfigSource;
  /** Reads what a `file:` reference names; a relative path starts at the configuration file's directory. */
  readonly readReference: (path: string) => FileReading;
}

/**
 * A configuration file on disk. Changes are noticed by events of its directory and by comparing hashes each second, so
 * that replaced files, Kubernetes' swaps of symbolic links and file systems without events all count.
 */
export function createFileConfig(file: string, timer: Timer): FileConfig {
  const path = resolve(file);
  const pathOf = (reference: string): string =>
    isAbsolute(reference) ? reference : resolve(dirname(path), reference);
  /** Hash of each file as the reader last saw it. */
  const lastRead = new Map<string, string>();
  let followed: readonly string[] = [];
  let known = new Map<string, string>();

  const read = (target: string, bytesMax: number): FileReading => {
    const reading = readTextFile(target, bytesMax);
    lastRead.set(target, fingerprint(reading));
    return reading;
  };
  const now = (): ReadonlyMap<string, string> =>
    new Map([
      [path, fingerprint(readTextFile(path, configBytesMax))],
      ...followed.map((target) => [target, fingerprint(readTextFile(target, secretBytesMax))] as const),
    ]);

  const watch = (changed: () => void): (() => void) => {
    let candidate: string | undefined;
    let cancelCheck: (() => void) | undefined;
    const check = (): void => {
      cancelCheck = undefined;
      const seen = now();
      const print = JSON.stringify([...seen]);
      if ([...seen].every(([target, hash]) => known.get(target) === hash)) {
        candidate = undefined;
      } else if (print === candidate) {
        candidate = undefined;
        known = new Map(seen);
        for (const [target, hash] of seen) lastRead.set(target, hash);
        changed();
      } else {
        candidate = print;
        cancelCheck = timer.after(settleTime, check);
      }
    };
    const look = (): void => {
      if (cancelCheck === undefined) check();
    };
    const endEvents = watchEvents(dirname(path), look);
    const endPoll = timer.every(pollInterval, look);
    return () => {
      endEvents();
      endPoll();
      cancelCheck?.();
    };
  };

  const source: ConfigSource = {
    name: file,
    read: async () => {
      const reading = read(path, configBytesMax);
      known.set(path, fingerprint(reading));
      return reading;
    },
    follow: (files) => {
      followed = [...new Set(files.map(pathOf))];
      const asRead = (target: string): string =>
        lastRead.get(target) ?? fingerprint(readTextFile(target, secretBytesMax));
      known = new Map([
        [path, known.get(path) ?? ""],
        ...followed.map((target) => [target, asRead(target)] as const),
      ]);
    },
    watch,
  };
  return { source, readReference: (reference) => read(pathOf(reference), secretBytesMax) };
}

/** Without events (a directory that is not there, no watches left) the poll alone must do, and does. */
function watchEvents(directory: string, look: () => void): () => void {
  try {
    const watcher = watchDirectory(directory, { persistent: false }, look);
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {};
  }
}

function fingerprint(reading: FileReading): string {
  return createHash("sha256").update(JSON.stringify(reading)).digest("base64");
}
