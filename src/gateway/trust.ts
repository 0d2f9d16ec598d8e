import type { RequestRecord } from "../exchange/settlement.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import type { Meter } from "../ports/meter.ts";
import type { ClientKeys } from "./client-keys.ts";
import { createGuardrails, type GuardrailParts, type GuardrailState } from "./guardrails.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import { createLimits, type LimitsControl, type LimitsParts } from "./limits.ts";
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
  readonly control: { readonly limits: LimitsControl; readonly guardrails: () => GuardrailState };
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  /** What was read of them at start. */
  readonly limits: readonly StoredDocument[];
  /** Who signs requests. */
  readonly signing: Pick<ProveParts, "crypto" | "nonces"> & { readonly keys: SigningKeys };
}

/** What of the gateway it needs. */
interface TrustWorld extends Omit<LimitsParts, "documents" | "stored"> {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly keys: Pick<ClientKeys, "directory">;
  readonly digestOf: GuardrailParts["digestOf"];
  /** The first configuration. */
  readonly snapshot: Snapshot;
}

export function createTrust({ signing, documents, limits: stored }: TrustParts, world: TrustWorld): Trust {
  const { clock, meter, keys, digestOf } = world;
  const guardrails = createGuardrails({ clock, meter, digestOf });
  const limits = createLimits({ ...world, documents, stored }, world.snapshot);
  const guards: readonly Guard[] = [guardrails.guard, limits.guard];
  const prove = createProveDoor({
    ...signing,
    clock,
    directory: keys.directory,
    count: countSignatures(meter),
  });
  return {
    guards: guardsOf(guards),
    prove,
    settled: limits.settled,
    configure: limits.configure,
    control: { limits: limits.control, guardrails: guardrails.state },
  };
}
