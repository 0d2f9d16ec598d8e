import type { RequestRecord } from "../exchange/settlement.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import { createLimits, type LimitsControl, type LimitsParts } from "./limits.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
  readonly control: { readonly limits: LimitsControl };
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  /** What was read of them at start. */
  readonly limits: readonly StoredDocument[];
}

/** What the gateway gives it. */
type GatewaySide = Omit<LimitsParts, "documents" | "stored">;

export function createTrust(parts: TrustParts, side: GatewaySide, snapshot: Snapshot): Trust {
  const limits = createLimits({ ...side, documents: parts.documents, stored: parts.limits }, snapshot);
  const guards: readonly Guard[] = [limits.guard];
  return {
    guards: guardsOf(guards),
    settled: limits.settled,
    configure: limits.configure,
    control: { limits: limits.control },
  };
}
