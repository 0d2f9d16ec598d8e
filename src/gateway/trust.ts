import type { RequestRecord } from "../exchange/settlement.ts";
import type { DocumentStore } from "../ports/document-store.ts";
import { type BudgetParts, createBudgetKeeper, type MonthRunsOut } from "./budgets.ts";
import type { Control } from "./control.ts";
import { type Guard, type Guards, guardsOf } from "./guards.ts";
import type { OpenLedger } from "./ledger.ts";
import type { Snapshot } from "./snapshot.ts";

/** Who may do what, at what price, and the proof of it: the rooms that guard every lane. */
export interface Trust {
  readonly guards: Guards;
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
}

/** What it asks others. */
interface TrustRelations {
  readonly monthRunsOut: MonthRunsOut;
}

export function createTrust(
  parts: BudgetParts,
  snapshot: () => Snapshot,
  { monthRunsOut }: TrustRelations,
): Trust {
  const budgets = createBudgetKeeper(parts, snapshot, monthRunsOut);
  // Money is the last that is asked for: what another guard refuses costs nothing.
  const guards: readonly Guard[] = [budgets.guard];
  return {
    guards: guardsOf(guards),
    settled: budgets.settled,
    configure: budgets.configure,
    control: { budgets: budgets.control },
  };
}
