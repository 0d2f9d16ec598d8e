import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { durableFlags, syncData } from "./durable.ts";
import { fileMode } from "./modes.ts";

/** Lines in a file that grows at its end; where some of them begin is remembered, so that any of them is found fast. */
export interface LineFile {
  readonly count: () => number;
  readonly bytes: () => number;
  /** Writes whole lines behind the last one, durable when it resolves; when it fails the file is as it was. */
  readonly append: (lines: readonly string[]) => Promise<void>;
  /** Some at a time. */
  readonly lines: (from: number, to: number) => AsyncIterable<readonly string[]>;
  readonly overwrite: (at: number, line: string) => Promise<void>;
  readonly cut: (count: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Every so many lines the place of one is remembered: 400 figures for a segment. */
const stride = 256;
/** Small enough that whoever works through the lines of one does not hold up the loop. */
const pieceBytes = 64 * 1024;
const lineFeed = 10;

/** Opens or makes it. A last line without its line feed is what a killed process has left: it is dropped. */
export async function openLineFile(path: string): Promise<LineFile> {
  const file = await open(path, "a+", fileMode).then((made) =>
    made.close().then(() => open(path, durableFlags)),
  );
  /** Where the lines 0, 256, 512 … begin. */
  const marks: number[] = [];
  let count = 0;
  let size = 0;
  /** Behind a failed write there may be half a line, which must not stay. */
  let isRagged = false;

  const countIn = (piece: Uint8Array, place: number): void => {
    for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) {
      if (count % stride === 0) marks.push(size);
      count += 1;
      size = place + at + 1;
    }
  };
  for await (const { piece, place } of pieces(file, 0, Number.POSITIVE_INFINITY)) countIn(piece, place);
  if ((await file.stat()).size > size) await file.truncate(size);

  const placeOf = async (line: number): Promise<number> => {
    if (line >= count) return size;
    let place = marks[Math.floor(line / stride)] ?? 0;
    let left = line % stride;
    if (left === 0) return place;
    for await (const { piece, place: start } of pieces(file, place, size))
      for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) {
        place = start + at + 1;
        left -= 1;
        if (left === 0) return place;
      }
    return size;
  };

  return {
    count: () => count,
    bytes: () => size,
    append: async (lines) => {
      if (isRagged) await file.truncate(size);
      isRagged = true;
      const bytes = Buffer.from(`${lines.join("\n")}\n`, "utf8");
      await writeAll(file, bytes, size);
      await syncData(file);
      isRagged = false;
      countIn(bytes, size);
    },
    lines: async function* linesOf(from, to) {
      const [start, end] = [await placeOf(from), await placeOf(to)];
      let rest: Uint8Array = new Uint8Array();
      for await (const { piece } of pieces(file, start, end)) {
        const whole = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
        const last = whole.lastIndexOf(lineFeed);
        if (last >= 0) yield Buffer.from(whole.subarray(0, last)).toString("utf8").split("\n");
        rest = whole.subarray(last + 1);
      }
    },
    overwrite: async (at, line) => {
      await writeAll(file, Buffer.from(line, "utf8"), await placeOf(at));
      await syncData(file);
    },
    cut: async (left) => {
      if (left >= count) return;
      size = await placeOf(left);
      count = left;
      marks.length = Math.ceil(left / stride);
      await file.truncate(size);
      await syncData(file);
    },
    close: () => file.close(),
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array, place: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, place + done);
    done += bytesWritten;
  }
}

/** The bytes from `start` to `end`, or to where the file ends. Each piece is the reader's own. */
async function* pieces(file: FileHandle, start: number, end: number) {
  for (let place = start; place < end; ) {
    const buffer = Buffer.allocUnsafe(Math.min(pieceBytes, end - place));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, place);
    if (bytesRead === 0) return;
    yield { piece: buffer.subarray(0, bytesRead), place };
    place += bytesRead;
  }
}
