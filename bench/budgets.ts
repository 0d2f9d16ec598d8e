import { budgetOf, budgetRules, createBudgets } from "../src/capabilities/budget/index.ts";
import { createMemoryLedgerStore } from "../src/platform/memory/index.ts";
import { systemClock, systemTimer } from "../src/platform/system/index.ts";
import { type CostRow, costOf } from "./cost-of.ts";

/** Money held for a call and settled, beside a thousand budgets of other keys: what the path of a request waits for. */
export function budgetRows(): readonly CostRow[] {
  const large = { limitUsd: "9000000000", period: "month" };
  const keys = Array.from({ length: 1000 }, (_, index) =>
    budgetOf(`k${index}`, budgetRules.parse({ ...large, scope: { key: `key_${index}` } })),
  );
  const budgets = createBudgets(
    {
      clock: systemClock,
      timer: systemTimer,
      // Nothing of a disk: it is not on the path of a request.
      store: { ...createMemoryLedgerStore(), commit: () => Promise.resolve() },
      onFault: () => undefined,
      onAlert: () => undefined,
    },
    { totals: [], open: [], slices: [], alerts: [] },
    [budgetOf("tenant", budgetRules.parse({ ...large, scope: { tenant: "t" } })), ...keys],
  );
  const spent = { nanoUsd: 40, usage: null, priceVersion: "book", estimated: false };
  const cost = costOf(
    (index) => {
      const spender = { tenant: "t", key: `key_${index % 1000}`, model: "m" };
      const reserved = budgets.reserve({ spender, request: "r", attempt: 0, nanoUsd: 100 });
      if (reserved.kind === "held") reserved.reservation.settle(spent);
    },
    10,
    4000,
  );
  return [["budget: held of two and settled, 1001 budgets", cost, "≤ 20 µs"]];
}
