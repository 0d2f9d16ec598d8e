import type { RequestRecord } from "../exchange/settlement.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import type { Snapshot } from "./snapshot.ts";
import { createVouched, type Vouched, type VouchedStores } from "./vouched-parts.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
  /** For door 1. */
  readonly vouching: Vouched["vouching"];
  readonly identityTokens: Vouched["identityTokens"];
  readonly control: {
    readonly deniedTokens: Vouched["denied"]["control"];
    /** The public keys of our own tokens: a JWK set. */
    readonly identityKeys: Vouched["identityTokens"]["keySet"];
  };
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  readonly vouched: VouchedStores;
}

export function createTrust(
  { documents, vouched: stores }: TrustParts,
  world: Parameters<typeof createVouched>[1],
  snapshot: Snapshot,
): Trust {
  const guards: readonly Guard[] = [];
  const { vouching, identityTokens, denied, configure } = createVouched(
    { ...stores, documents },
    world,
    snapshot,
  );
  return {
    guards: guardsOf(guards),
    settled: () => {},
    configure,
    vouching,
    identityTokens,
    control: { deniedTokens: denied.control, identityKeys: identityTokens.keySet },
  };
}
