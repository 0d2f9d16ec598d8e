import { createReadStream, existsSync, readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { hashFile, notesFile, segmentFile, storedSegments, verifierFile } from "./places.ts";

/** An audit log that is only looked at; a gateway may be writing it. */
export interface ReadAuditFiles {
  /** All signed notes, as they stand in their file. */
  readonly notes: string;
  /** The verifier key beside it; `undefined`: there is none. */
  readonly verifier: string | undefined;
  readonly pieces: () => AsyncIterable<ReadPiece>;
}

/** Whole lines that follow one another, or how many were moved away; `leaves`: their hashes, where all are here. */
export interface ReadPiece {
  readonly lines: readonly string[] | { readonly movedAway: number };
  readonly leaves?: Uint8Array;
}

const hashBytes = 32;

/** @param segmentSize Records in each file but the last. @returns `undefined`: there is no audit log in this directory. */
export function readAuditFiles(directory: string, segmentSize: number): ReadAuditFiles | undefined {
  if (!existsSync(notesFile(directory))) return undefined;
  const notes = readFileSync(notesFile(directory), "utf8");
  const verifier = verifierFile(directory);
  return {
    notes,
    verifier: existsSync(verifier) ? readFileSync(verifier, "utf8") : undefined,
    pieces: () => piecesIn(directory, segmentSize),
  };
}

async function* piecesIn(directory: string, segmentSize: number): AsyncIterable<ReadPiece> {
  const stored = new Set(storedSegments(directory));
  await using hashes = await open(hashFile(directory, 0), "r");
  const leavesOf = async (first: number, count: number): Promise<Pick<ReadPiece, "leaves">> => {
    const leaves = new Uint8Array(count * hashBytes);
    const { bytesRead } = await hashes.read(leaves, 0, leaves.length, first * hashBytes);
    return bytesRead < leaves.length ? {} : { leaves };
  };
  for (let segment = 0; segment <= Math.max(...stored); segment += 1) {
    let at = segment * segmentSize;
    if (!stored.has(segment)) {
      yield { lines: { movedAway: segmentSize }, ...(await leavesOf(at, segmentSize)) };
      continue;
    }
    for await (const lines of linesIn(segmentFile(directory, segment))) {
      yield { lines, ...(await leavesOf(at, lines.length)) };
      at += lines.length;
    }
  }
}

/** What is behind the last line feed is no line yet. */
async function* linesIn(path: string): AsyncIterable<readonly string[]> {
  let rest = "";
  const stream: AsyncIterable<string> = createReadStream(path, { encoding: "utf8" });
  for await (const text of stream) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    if (lines.length > 0) yield lines;
  }
}
