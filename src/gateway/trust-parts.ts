import type { Audit } from "../capabilities/audit/index.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore, StoredDocument } from "../ports/document-store.ts";
import type { EventLog } from "../ports/event-log.ts";
import type { Expressions } from "../ports/expressions.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { BudgetParts } from "./budgets.ts";
import type { ClientKeys } from "./client-keys.ts";
import type { OpenLedger } from "./ledger.ts";
import type { LimitsParts } from "./limits.ts";
import type { ProveParts } from "./prove-door.ts";
import type { SigningKeys } from "./signing-keys.ts";
import type { Snapshot } from "./snapshot.ts";
import type { VouchedStores, VouchedWorld } from "./vouched-parts.ts";

/** What the world gives the rooms of trust: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  readonly ledger: OpenLedger;
  readonly audit: Audit;
  /** What was in it at start, by collection. */
  readonly stored: ReadonlyMap<string, readonly StoredDocument[]>;
  readonly vouched: Omit<VouchedStores, "denied">;
  /** Who signs requests. */
  readonly signing: Pick<ProveParts, "crypto" | "nonces"> & { readonly keys: SigningKeys };
}

/** What of the gateway they need. */
export interface TrustWorld
  extends Omit<LimitsParts, "documents" | "stored">,
    VouchedWorld,
    Omit<BudgetParts, "trust"> {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly logger: Logger;
  readonly expressions: Expressions;
  readonly eventLog: EventLog;
  readonly digestOf: (text: string) => string;
  readonly keys: Pick<ClientKeys, "directory">;
  /** The first configuration. */
  readonly snapshot: Snapshot;
}
