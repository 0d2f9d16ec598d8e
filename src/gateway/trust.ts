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
import { createVouched, type Vouched, type VouchedStores, type VouchedWorld } from "./vouched-parts.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
  /** Before door 1. */
  readonly prove: Doors<Snapshot>["prove"];
  /** Told of every record. */
  readonly settled: (record: RequestRecord) => void;
  /** A new configuration counts from now on. */
  readonly configure: (next: Snapshot) => void;
  /** For door 1. */
  readonly vouching: Vouched["vouching"];
  readonly identityTokens: Vouched["identityTokens"];
  readonly control: {
    readonly limits: LimitsControl;
    readonly guardrails: () => GuardrailState;
    readonly deniedTokens: Vouched["denied"]["control"];
    /** The public keys of our own tokens: a JWK set. */
    readonly identityKeys: Vouched["identityTokens"]["keySet"];
  };
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  /** What was read of them at start. */
  readonly limits: readonly StoredDocument[];
  readonly vouched: VouchedStores;
  /** Who signs requests. */
  readonly signing: Pick<ProveParts, "crypto" | "nonces"> & { readonly keys: SigningKeys };
}

/** What of the gateway it needs. */
interface TrustWorld extends Omit<LimitsParts, "documents" | "stored">, VouchedWorld {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly keys: Pick<ClientKeys, "directory">;
  readonly digestOf: GuardrailParts["digestOf"];
  /** The first configuration. */
  readonly snapshot: Snapshot;
}

export function createTrust(stores: TrustParts, world: TrustWorld): Trust {
  const { documents, signing } = stores;
  const { clock, meter, keys, digestOf, snapshot } = world;
  const guardrails = createGuardrails({ clock, meter, digestOf });
  const limits = createLimits({ ...world, documents, stored: stores.limits }, snapshot);
  const vouched = createVouched({ ...stores.vouched, documents }, world, snapshot);
  const { vouching, identityTokens, denied } = vouched;
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
    configure: (next) => {
      for (const room of [limits, vouched]) room.configure(next);
    },
    vouching,
    identityTokens,
    control: {
      limits: limits.control,
      guardrails: guardrails.state,
      deniedTokens: denied.control,
      identityKeys: identityTokens.keySet,
    },
  };
}
