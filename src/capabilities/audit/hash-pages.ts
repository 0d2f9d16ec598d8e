import type { AuditStore } from "../../ports/audit-store.ts";
import { hashBytes, type KeptLevel, keptLevels } from "./tree.ts";

/** Finished nodes on their way into the store; what could not be written stays until it can be. */
export interface HashPages {
  readonly completed: (level: number, hash: Uint8Array) => void;
  /** @throws GatewayError `storage_unavailable`: calling it again goes on. */
  readonly write: () => Promise<void>;
}

interface Page {
  /** Of the store, those that are written. */
  written: number;
  waiting: Uint8Array[];
}

/** @param size Of the tree whose nodes are in the store already. */
export function createHashPages(hashes: AuditStore["hashes"], size: number): HashPages {
  const pages = new Map<KeptLevel, Page>(
    keptLevels.map((level) => [level, { written: Math.floor(size / 2 ** level), waiting: [] }]),
  );
  return {
    completed: (level, hash) => {
      const kept = keptLevels.find((candidate) => candidate === level);
      if (kept !== undefined) pages.get(kept)?.waiting.push(hash);
    },
    write: async () => {
      for (const [level, page] of pages) {
        const { waiting, written } = page;
        if (waiting.length === 0) continue;
        const bytes = new Uint8Array(waiting.length * hashBytes);
        for (const [at, hash] of waiting.entries()) bytes.set(hash, at * hashBytes);
        page.waiting = [];
        try {
          await hashes.write(level, written, bytes);
          page.written += waiting.length;
        } catch (thrown) {
          page.waiting = [...waiting, ...page.waiting];
          throw thrown;
        }
      }
    },
  };
}
