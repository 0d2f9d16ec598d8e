import type { Audit } from "../capabilities/audit/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Meter } from "../ports/meter.ts";
import type { ClientKeys } from "./client-keys.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import { createProveDoor, type ProveParts } from "./prove-door.ts";
import { countSignatures } from "./signing.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Before door 1. */
  readonly prove: Doors<Snapshot>["prove"];
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
  /** Who signs requests. */
  readonly signing: Pick<ProveParts, "crypto" | "nonces"> & { readonly keys: SigningKeys };
}

/** What of the gateway it needs. */
interface TrustWorld {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly keys: Pick<ClientKeys, "directory">;
}

export function createTrust({ audit, signing }: TrustParts, { clock, meter, keys }: TrustWorld): Trust {
  const guards: readonly Guard[] = [];
  const prove = createProveDoor({
    ...signing,
    clock,
    directory: keys.directory,
    count: countSignatures(meter),
  });
  return { guards: guardsOf(guards), prove, settled: audit.settled, configure: () => {} };
}
