import type { Audit } from "../capabilities/audit/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  readonly audit: Audit;
}

export function createTrust({ audit }: TrustParts): Trust {
  const guards: readonly Guard[] = [];
  return { guards: guardsOf(guards), settled: audit.settled, configure: () => {} };
}
