import type { AuditStore } from "../../ports/audit-store.ts";
import type { Sha256, VerifySignature } from "../../ports/evidence.ts";
import type { Random } from "../../ports/random.ts";
import type { Verifier } from "./checkpoint.ts";
import { type AuditEntry, type PrintedRecord, printRecord } from "./record.ts";
import { type Recovered, recover } from "./recover.ts";
import { merkleHashing } from "./tree.ts";

/**
 * Prints, hashes and writes records, in the order it is told. One call at a time. It knows no secret: who signs is told
 * the root. It may work in a thread of its own, for it is given nothing but entries.
 */
export interface AuditWriter {
  /** What it has found. */
  readonly found: FoundLog;
  /** Durable records. */
  readonly size: () => number;
  /**
   * The first of these, as many as fit into a segment; they are durable when it resolves with how many. When it fails the
   * next call is to begin with the same.
   * @throws GatewayError `storage_unavailable`.
   */
  readonly write: (entries: readonly AuditEntry[]) => Promise<number>;
  /** The tree as it is now, its hashes durable. @throws GatewayError `storage_unavailable`. */
  readonly head: () => Promise<{ readonly size: number; readonly root: Uint8Array }>;
}

/** The log as a start finds it. */
export type FoundLog = Pick<Recovered, "dropped" | "broken"> & {
  /** The last checkpoint; absent: there is none. */
  readonly last?: { readonly size: number; readonly note: string };
};

export interface WriterParts {
  readonly store: AuditStore;
  readonly sha256: Sha256;
  readonly verify: VerifySignature;
  readonly verifier: Verifier;
  readonly random: Random;
  readonly segmentSize: number;
  /** Gives the loop back between some of many records; absent: nobody else needs it. */
  readonly breathe?: () => Promise<void>;
}

/** So many are hashed before the loop is given back. */
const sliceRecords = 64;

/** Goes on where the last process has left off. @throws GatewayError `storage_unavailable`. */
export async function openAuditWriter(parts: WriterParts): Promise<AuditWriter> {
  const { store, sha256, random, segmentSize, breathe } = parts;
  const { tree, pages, last, dropped, broken } = await recover(parts);
  const hashing = merkleHashing(sha256);
  const hiding = { sha256, random: random.bytes };
  return {
    found: {
      dropped,
      ...(broken === undefined ? {} : { broken }),
      ...(last === undefined ? {} : { last: { size: last.size, note: last.note } }),
    },
    size: tree.size,
    write: async (entries) => {
      await pages.write();
      const room = segmentSize - (store.size() % segmentSize);
      const batch = entries.slice(0, room);
      const lines: string[] = [];
      const leaves: Uint8Array[] = [];
      for (const entry of batch) {
        const { record, line } = printed(entry, store.size() + lines.length, hiding);
        lines.push(line);
        leaves.push(hashing.leaf(record));
        if (lines.length % sliceRecords === 0 && batch.length > sliceRecords) await breathe?.();
      }
      if (lines.length > 0) await store.append(lines);
      for (const leaf of leaves) tree.append(leaf);
      await pages.write().catch(() => undefined);
      return batch.length;
    },
    head: async () => {
      await pages.write();
      await store.hashes.sync();
      return { size: tree.size(), root: tree.root() };
    },
  };
}

/** What cannot be printed must not stand in the way of all that comes behind it: a record tells that there was one. */
function printed(entry: AuditEntry, index: number, hiding: Parameters<typeof printRecord>[2]): PrintedRecord {
  try {
    return printRecord(entry, index, hiding);
  } catch {
    const gap = { ...lost, at: entry.at, facts: { dropped: 1, type: entry.type } };
    return printRecord(gap, index, hiding);
  }
}

const lost = { type: "audit.gap", outcome: "failed", actor: "gateway" } as const;
