import type { RequestRecord } from "../exchange/settlement.ts";
import type { Doors } from "../pipeline/handle.ts";
import type { Clock } from "../ports/clock.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import type { Meter } from "../ports/meter.ts";
import { type BudgetParts, createBudgetKeeper, type MonthRunsOut } from "./budgets.ts";
import type { ClientKeys } from "./client-keys.ts";
import type { Control } from "./control.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import type { OpenLedger } from "./ledger.ts";
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
  readonly control: Pick<Control, "budgets">;
}

/** What the world gives it: stores. */
export interface TrustParts {
  /** What was set while the gateway ran. */
  readonly documents: DocumentStore;
  readonly ledger: OpenLedger;
  /** Who signs requests. */
  readonly signing: Pick<ProveParts, "crypto" | "nonces"> & { readonly keys: SigningKeys };
}

/** What of the gateway it needs. */
interface TrustWorld extends BudgetParts {
  readonly trust: TrustParts;
  readonly clock: Clock;
  readonly meter: Meter;
  readonly keys: Pick<ClientKeys, "directory">;
}

export function createTrust(parts: TrustWorld, snapshot: () => Snapshot, monthRunsOut: MonthRunsOut): Trust {
  const { clock, meter, keys, trust } = parts;
  const budgets = createBudgetKeeper(parts, snapshot, monthRunsOut);
  // Money is the last that is asked for: what another guard refuses costs nothing.
  const guards: readonly Guard[] = [budgets.guard];
  const prove = createProveDoor({
    ...trust.signing,
    clock,
    directory: keys.directory,
    count: countSignatures(meter),
  });
  return {
    guards: guardsOf(guards),
    prove,
    settled: budgets.settled,
    configure: budgets.configure,
    control: { budgets: budgets.control },
  };
}
