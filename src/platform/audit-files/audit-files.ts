import { mkdirSync, renameSync, statSync } from "node:fs";
import { chmod, open, readFile, writeFile } from "node:fs/promises";
import { GatewayError } from "../../kernel/errors.ts";
import type { AuditSegment, AuditStore } from "../../ports/audit-store.ts";
import type { Clock } from "../../ports/clock.ts";
import { durableFlags, syncData, syncNames } from "./durable.ts";
import { type HashFiles, openHashFiles } from "./hash-files.ts";
import { type LineFile, openLineFile } from "./line-file.ts";
import { directoryMode, fileMode } from "./modes.ts";
import { notesFile, segmentFile, storedSegments, verifierFile } from "./places.ts";

export interface AuditFilesSettings {
  /** Where its files are; made, for its owner alone, when absent. */
  readonly directory: string;
  readonly clock: Pick<Clock, "now">;
  /** Records in a segment. */
  readonly segmentSize: number;
}

/** What is open of a log. */
interface Opened {
  readonly hashFiles: HashFiles;
  /** Of the segment that grows. */
  readonly last: LineFile;
  readonly lastNumber: number;
}

/**
 * The audit log in plain files: `records-000000.log` … with a line for each record, `hashes-0` … `hashes-24`,
 * `checkpoints.txt`. Everything is written by one process, appended, and synced.
 * @throws GatewayError `storage_unavailable` when the directory cannot be used.
 */
export async function openAuditFiles(settings: AuditFilesSettings): Promise<AuditStore> {
  const { directory, segmentSize } = settings;
  let opened = await guarded(directory, () => openAll(directory));
  let noteBytes = await guarded(directory, () => openNotes(directory));
  /** Bytes of the segments that have ended. */
  let endedBytes = storedSegments(directory)
    .filter((segment) => segment < opened.lastNumber)
    .reduce((sum, segment) => sum + statSync(segmentFile(directory, segment)).size, 0);

  const size = (): number => opened.lastNumber * segmentSize + opened.last.count();
  const isHere = (segment: number): boolean => storedSegments(directory).includes(segment);

  const nextSegment = async (): Promise<void> => {
    const lastNumber = opened.lastNumber + 1;
    const last = await openLineFile(segmentFile(directory, lastNumber));
    await syncDirectory(directory);
    endedBytes += opened.last.bytes();
    await opened.last.close();
    opened = { ...opened, last, lastNumber };
  };
  const withSegment = async <Answer>(
    segment: number,
    use: (file: LineFile) => Promise<Answer>,
  ): Promise<Answer> => {
    if (segment === opened.lastNumber) return use(opened.last);
    if (!isHere(segment)) throw movedAway(segment);
    const file = await openLineFile(segmentFile(directory, segment));
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  };

  return {
    size,
    bytes: () => endedBytes + opened.last.bytes() + opened.hashFiles.bytes() + noteBytes,
    append: (lines) =>
      guarded(directory, async () => {
        if (opened.last.count() >= segmentSize) await nextSegment();
        const room = segmentSize - opened.last.count();
        if (lines.length > room) throw new RangeError(`${lines.length} lines do not fit into ${room}`);
        await opened.last.append(lines);
      }),
    lines: async function* linesOf(from, to) {
      for (let at = from; at < Math.min(to, size()); ) {
        const segment = Math.floor(at / segmentSize);
        const first = segment * segmentSize;
        const end = Math.min(to, size(), first + segmentSize);
        if (segment === opened.lastNumber) yield* opened.last.lines(at - first, end - first);
        else {
          if (!isHere(segment)) throw movedAway(segment);
          const file = await openLineFile(segmentFile(directory, segment));
          try {
            yield* file.lines(at - first, end - first);
          } finally {
            await file.close();
          }
        }
        at = end;
      }
    },
    overwrite: (index, line) =>
      guarded(directory, () =>
        withSegment(Math.floor(index / segmentSize), (file) => file.overwrite(index % segmentSize, line)),
      ),
    cut: (left) => guarded(directory, () => opened.last.cut(left - opened.lastNumber * segmentSize)),
    segments: () => segmentsIn(directory, size(), segmentSize),
    hashes: {
      count: (level) => opened.hashFiles.hashes.count(level),
      read: (level, first, count) => opened.hashFiles.hashes.read(level, first, count),
      write: (level, at, hashes) =>
        guarded(directory, () => opened.hashFiles.hashes.write(level, at, hashes)),
      sync: () => guarded(directory, () => opened.hashFiles.hashes.sync()),
    },
    notes: {
      read: () => guarded(directory, () => readFile(notesFile(directory), "utf8")),
      append: (note) =>
        guarded(directory, async () => {
          noteBytes = await appendNote(directory, noteBytes, `${note}\n`);
        }),
    },
    setAside: () =>
      guarded(directory, async () => {
        await closeAll(opened);
        const aside = `${directory}-broken-${settings.clock.now()}`;
        renameSync(directory, aside);
        opened = await openAll(directory);
        noteBytes = await openNotes(directory);
        endedBytes = 0;
        return aside;
      }),
    showVerifier: (text) =>
      guarded(directory, () => writeFile(verifierFile(directory), `${text}\n`, { mode: fileMode })),
    close: () => closeAll(opened),
  };
}

async function openAll(directory: string): Promise<Opened> {
  mkdirSync(directory, { recursive: true, mode: directoryMode });
  await chmod(directory, directoryMode);
  const lastNumber = storedSegments(directory).at(-1) ?? 0;
  const last = await openLineFile(segmentFile(directory, lastNumber));
  const hashFiles = openHashFiles(directory);
  await syncDirectory(directory);
  return { hashFiles, last, lastNumber };
}

async function closeAll({ hashFiles, last }: Opened): Promise<void> {
  hashFiles.close();
  await last.close();
}

/** A note ends in a line of a signature and an empty one: what is behind the last of them was never acknowledged. */
async function openNotes(directory: string): Promise<number> {
  const file = await open(notesFile(directory), "a+", fileMode);
  try {
    const text = await file.readFile("utf8");
    const last = [...text.matchAll(/\n— [^\n]+\n\n/gu)].at(-1);
    const whole = last === undefined ? "" : text.slice(0, last.index + last[0].length);
    if (whole.length < text.length) await file.truncate(Buffer.byteLength(whole));
    return Buffer.byteLength(whole);
  } finally {
    await file.close();
  }
}

async function appendNote(directory: string, at: number, text: string): Promise<number> {
  const file = await open(notesFile(directory), durableFlags);
  try {
    await file.truncate(at);
    const { bytesWritten } = await file.write(Buffer.from(text), 0, null, at);
    await syncData(file);
    return at + bytesWritten;
  } finally {
    await file.close();
  }
}

/** Has the names of new files survive power loss. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await syncNames(handle);
  } finally {
    await handle.close();
  }
}

/** The segments of a log of `size` records, and which of them are here. */
export function segmentsIn(directory: string, size: number, segmentSize: number): readonly AuditSegment[] {
  const here = new Set(storedSegments(directory));
  return Array.from({ length: Math.ceil(size / segmentSize) }, (_, segment) => ({
    first: segment * segmentSize,
    count: Math.min(segmentSize, size - segment * segmentSize),
    isHere: here.has(segment),
  }));
}

function movedAway(segment: number): GatewayError {
  const message = `Segment ${segment} of the audit log was moved away.`;
  return new GatewayError("conflict", message, { message });
}

/** @throws GatewayError `storage_unavailable` for what the file system refuses. */
async function guarded<Answer>(directory: string, act: () => Promise<Answer>): Promise<Answer> {
  try {
    return await act();
  } catch (thrown) {
    if (thrown instanceof GatewayError) throw thrown;
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new GatewayError("storage_unavailable", `the audit log in ${directory}: ${why}`, { cause: thrown });
  }
}
