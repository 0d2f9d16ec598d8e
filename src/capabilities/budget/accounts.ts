import { epochMs } from "../../kernel/units.ts";
import type { LedgerAccount, LedgerOpening } from "../../ports/ledger-store.ts";
import { type Account, openAccount } from "./account.ts";
import type { Budget } from "./budget.ts";

/** The accounts of all budgets and periods, as far back as they were read. */
export interface Accounts {
  /** That of the period that `now` is in. */
  readonly of: (budget: Budget, now: number) => Account;
  /** That of a period that is named. */
  readonly named: (account: LedgerAccount) => Account;
  readonly all: () => Iterable<Account>;
}

export function createAccounts({ totals, alerts }: Pick<LedgerOpening, "totals" | "alerts">): Accounts {
  const accounts = new Map<string, Account>();
  const current = new WeakMap<Budget, Account>();
  for (const { budget, period, settled, reserved } of totals) {
    const told = alerts
      .filter((alert) => alert.budget === budget && alert.period === period)
      .map(({ threshold }) => threshold);
    // When it ends its budget says.
    const span = { start: epochMs(period), end: undefined };
    accounts.set(keyOf({ budget, period }), openAccount(budget, span, { settled, reserved, told }));
  }
  const named = (ref: LedgerAccount): Account => {
    const key = keyOf(ref);
    const account =
      accounts.get(key) ?? openAccount(ref.budget, { start: epochMs(ref.period), end: undefined });
    accounts.set(key, account);
    return account;
  };
  return {
    of: (budget, now) => {
      const period = budget.periodAt(epochMs(now));
      const known = current.get(budget);
      if (known !== undefined && known.period.start === period.start) return known;
      const account = named({ budget: budget.id, period: period.start });
      account.period = period;
      current.set(budget, account);
      return account;
    },
    named,
    all: () => accounts.values(),
  };
}

const keyOf = ({ budget, period }: LedgerAccount): string => `${budget} ${period}`;

export const accountRef = ({ budget, period }: Account): LedgerAccount => ({ budget, period: period.start });
