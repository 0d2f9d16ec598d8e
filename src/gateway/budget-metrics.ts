import type { Budgets } from "../capabilities/budget/index.ts";
import type { Meter } from "../ports/meter.ts";

const budgetsMax = 200;

/** What is counted elsewhere: `sallyport_spend_nano_usd_total`, with the requests. */
export interface BudgetMetrics {
  readonly checked: (differences: number) => void;
}

export function measureBudgets(meter: Meter, budgets: Pick<Budgets, "states">): BudgetMetrics {
  const ratio = meter.gauge({
    name: "sallyport_budget_used_ratio",
    help: "Settled share of the limit of a budget in its period, of the 200 that are used most.",
    labels: ["budget"],
    seriesMax: budgetsMax,
  });
  const differences = meter.gauge({
    name: "sallyport_budget_ledger_differences",
    help: "Accounts of the ledger whose total was not the sum of its entries when it was checked last.",
  });
  meter.onRead(() => {
    const states = budgets.states().toSorted((left, right) => right.usedRatio - left.usedRatio);
    for (const { budget, usedRatio } of states.slice(0, budgetsMax))
      ratio.series({ budget: budget.id }).set(usedRatio);
  });
  return {
    checked: (count) => differences.series({}).set(count),
  };
}
