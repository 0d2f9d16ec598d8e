import type { RequestRecord } from "../exchange/settlement.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Timer } from "../ports/timer.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import { createPolicies } from "./policies.ts";
import type { PoliciesControl } from "./policies-control.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
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
}

export interface TrustWorld {
  readonly trust: TrustParts;
  readonly expressions: Expressions;
  readonly clock: Clock;
  readonly timer: Pick<Timer, "every">;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly eventLog: EventLog;
  readonly digestOf: (text: string) => string;
  /** The first configuration. */
  readonly snapshot: Snapshot;
}

export function createTrust(world: TrustWorld): Trust {
  const policies = createPolicies(world);
  const guards: readonly Guard[] = [policies.guard];
  return {
    guards: guardsOf(guards),
    control: { policies: policies.control },
    settled: () => {},
    configure: policies.configure,
  };
}
