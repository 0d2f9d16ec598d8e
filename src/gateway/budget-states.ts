import type { BudgetRules, BudgetState } from "../capabilities/budget/index.ts";
import type { WrittenEntry } from "../ports/ledger-store.ts";

/** A budget as the control interface shows it. */
export interface ShownBudget extends BudgetState {
  /** As it is written. */
  readonly rules: BudgetRules;
  /** `file`: it stands in the configuration; `set`: it was set while the gateway ran. */
  readonly source: "file" | "set";
  /** `2026-12-24`, UTC; `null`: not in this period, as far as anybody can say. */
  readonly runsOutOn: string | null;
}

export interface BudgetsControl {
  readonly list: () => readonly ShownBudget[];
  /** Makes or changes one; its account goes on. @throws GatewayError `malformed_request`, `conflict` */
  readonly set: (id: string, rules: unknown) => Promise<ShownBudget>;
  /** False: there is none of this id. @throws GatewayError `conflict` for one of the file. */
  readonly remove: (id: string) => Promise<boolean>;
  /** Newest first; `undefined`: nothing was ever booked on it, and there is no such budget. */
  readonly entries: (
    id: string,
    page: { readonly before?: number | undefined; readonly limit: number },
  ) => Promise<readonly WrittenEntry[] | undefined>;
}
