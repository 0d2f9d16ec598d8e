import { closeSync, fdatasync, fstatSync, ftruncateSync, openSync, readSync, write } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import type { AuditStore, HashLevel } from "../../ports/audit-store.ts";
import { durableFlags, syncData, unlessDenied } from "./durable.ts";
import { fileMode } from "./modes.ts";
import { hashFile } from "./places.ts";

const hashBytes = 32;
const levels = [0, 8, 16, 24] as const satisfies readonly HashLevel[];
const writeLater = promisify(write);
const syncLater = promisify(fdatasync);

/** The hashes of each kept level, one behind the other in a file of its own. */
export interface HashFiles {
  readonly hashes: AuditStore["hashes"];
  readonly bytes: () => number;
  readonly close: () => void;
}

/** Half a hash at the end of a file is dropped. Reads are of at most a few pages that are mostly in memory: they do not wait. */
export function openHashFiles(directory: string): HashFiles {
  const files = new Map(levels.map((level) => [level, openOne(hashFile(directory, level))]));
  const fileOf = (level: HashLevel): OpenFile => {
    const file = files.get(level);
    if (file === undefined) throw new RangeError(`no hashes are kept of level ${level}`);
    return file;
  };
  return {
    hashes: {
      count: (level) => fileOf(level).count,
      read: (level, first, count) => readFrom(fileOf(level).descriptor, level, { first, count }),
      write: async (level, at, hashes) => {
        const file = fileOf(level);
        if (at < file.count) ftruncateSync(file.descriptor, at * hashBytes);
        file.count = Math.min(file.count, at);
        for (let done = 0; done < hashes.length; )
          done += (
            await writeLater(file.descriptor, hashes, done, hashes.length - done, at * hashBytes + done)
          ).bytesWritten;
        file.count = at + hashes.length / hashBytes;
        file.syncedCount = Math.min(file.syncedCount, at);
      },
      sync: async () => {
        for (const file of files.values()) {
          const { count, syncedCount } = file;
          if (count === syncedCount) continue;
          file.syncedCount = count;
          const isDone = await unlessDenied(() => syncLater(file.descriptor), true);
          if (!isDone) await writeAgain(file, syncedCount, count);
        }
      },
    },
    bytes: () => [...files.values()].reduce((sum, { count }) => sum + count * hashBytes, 0),
    close: () => {
      for (const { descriptor } of files.values()) closeSync(descriptor);
    },
  };
}

/** Only reads the hashes that another writes. */
export interface HashReader {
  readonly read: AuditStore["hashes"]["read"];
  readonly close: () => void;
}

/** @throws Error when there is no audit log in this directory. */
export function openHashReader(directory: string): HashReader {
  const files = new Map<HashLevel, number>(
    levels.map((level) => [level, openSync(hashFile(directory, level), "r")]),
  );
  return {
    read: (level, first, count) => {
      const descriptor = files.get(level);
      if (descriptor === undefined) throw new RangeError(`no hashes are kept of level ${level}`);
      return readFrom(descriptor, level, { first, count });
    },
    close: () => {
      for (const descriptor of files.values()) closeSync(descriptor);
    },
  };
}

function readFrom(
  descriptor: number,
  level: HashLevel,
  { first, count }: { readonly first: number; readonly count: number },
): Uint8Array {
  const bytes = new Uint8Array(count * hashBytes);
  const read = readSync(descriptor, bytes, 0, bytes.length, first * hashBytes);
  if (read < bytes.length) throw new RangeError(`the hashes of level ${level} end before ${first + count}`);
  return bytes;
}

interface OpenFile {
  readonly descriptor: number;
  readonly path: string;
  count: number;
  /** So many are known to survive power loss. */
  syncedCount: number;
}

function openOne(path: string): OpenFile {
  closeSync(openSync(path, "a", fileMode));
  const descriptor = openSync(path, "r+");
  const count = Math.floor(fstatSync(descriptor).size / hashBytes);
  ftruncateSync(descriptor, count * hashBytes);
  return { path, descriptor, count, syncedCount: count };
}

/** Has what is written survive power loss where Node's permission model has no `fdatasync`: by a file that is opened so. */
async function writeAgain({ path, descriptor }: OpenFile, from: number, to: number): Promise<void> {
  const bytes = new Uint8Array((to - from) * hashBytes);
  const length = readSync(descriptor, bytes, 0, bytes.length, from * hashBytes);
  await using file = await open(path, durableFlags);
  for (let done = 0; done < length; )
    done += (await file.write(bytes, done, length - done, from * hashBytes + done)).bytesWritten;
  await syncData(file);
}
