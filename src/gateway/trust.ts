import type { RequestRecord } from "../exchange/settlement.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Timer } from "../ports/timer.ts";
import type { ClientKeys } from "./client-keys.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import { createPolicies } from "./policies.ts";
import type { PoliciesControl } from "./policies-control.ts";
import { createProveDoor, type ProveParts } from "./prove-door.ts";
import { countSignatures } from "./signing.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Before door 1. */
  readonly prove: Doors<Snapshot>["prove"];
  readonly control: { readonly policies: PoliciesControl };
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  /** What was in it at start, by collection; absent: nothing. */
  readonly stored?: ReadonlyMap<string, readonly StoredDocument[]>;
  /** Who signs requests. */
  readonly signing: Pick<ProveParts, "crypto" | "nonces"> & { readonly keys: SigningKeys };
}

/** What of the gateway it needs. */
export interface TrustWorld {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly timer: Pick<Timer, "every">;
  readonly logger: Logger;
  readonly expressions: Expressions;
  readonly eventLog: EventLog;
  readonly digestOf: (text: string) => string;
  /** The first configuration. */
  readonly snapshot: Snapshot;
  readonly keys: Pick<ClientKeys, "directory">;
}

export function createTrust(parts: TrustParts, world: TrustWorld): Trust {
  const { clock, meter, keys } = world;
  const policies = createPolicies(parts, world);
  const guards: readonly Guard[] = [policies.guard];
  const prove = createProveDoor({
    ...parts.signing,
    clock,
    directory: keys.directory,
    count: countSignatures(meter),
  });
  return {
    guards: guardsOf(guards),
    prove,
    control: { policies: policies.control },
    settled: () => {},
    configure: policies.configure,
  };
}
