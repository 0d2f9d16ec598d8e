import { GatewayError } from "../../kernel/errors.ts";
import type { AuditStore, HashLevel } from "../../ports/audit-store.ts";

/** What a test may do to an audit log in memory besides using it. */
export interface MemoryAuditStore extends AuditStore {
  /** While true, nothing can be written: the disk is full. */
  readonly fill: (isFull: boolean) => void;
}

const hashBytes = 32;

/** The audit log in memory, for tests: everything is durable at once. */
export function createMemoryAuditStore(segmentSize: number): MemoryAuditStore {
  let lines: string[] = [];
  let notes = "";
  let hashes = new Map<HashLevel, Uint8Array>();
  let isFull = false;
  const hashesOf = (level: HashLevel): Uint8Array => hashes.get(level) ?? new Uint8Array();
  const write = async (act: () => void): Promise<void> => {
    if (isFull) throw new GatewayError("storage_unavailable", "the disk is full");
    act();
  };
  return {
    fill: (full) => {
      isFull = full;
    },
    size: () => lines.length,
    bytes: () => lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, notes.length),
    append: (more) =>
      write(() => {
        const room = segmentSize - (lines.length % segmentSize);
        if (more.length > room) throw new RangeError(`${more.length} lines do not fit into ${room}`);
        lines.push(...more);
      }),
    lines: async function* linesOf(from, to) {
      if (from < Math.min(to, lines.length)) yield lines.slice(from, to);
    },
    overwrite: (index, line) =>
      write(() => {
        lines[index] = line;
      }),
    cut: (size) =>
      write(() => {
        lines.length = Math.min(size, lines.length);
      }),
    segments: () =>
      Array.from({ length: Math.ceil(lines.length / segmentSize) }, (_, segment) => ({
        first: segment * segmentSize,
        count: Math.min(segmentSize, lines.length - segment * segmentSize),
        isHere: true,
      })),
    hashes: {
      count: (level) => hashesOf(level).length / hashBytes,
      read: (level, first, count) => {
        const read = hashesOf(level).subarray(first * hashBytes, (first + count) * hashBytes);
        if (read.length < count * hashBytes)
          throw new RangeError(`the hashes of level ${level} end before ${first + count}`);
        return read;
      },
      write: (level, at, more) =>
        write(() => {
          hashes.set(level, Buffer.concat([hashesOf(level).subarray(0, at * hashBytes), more]));
        }),
      sync: async () => {},
    },
    notes: {
      read: async () => notes,
      append: (note) =>
        write(() => {
          notes += `${note}\n`;
        }),
    },
    setAside: async () => {
      lines = [];
      notes = "";
      hashes = new Map();
      return "memory";
    },
    showVerifier: async () => {},
    close: async () => {},
  };
}
