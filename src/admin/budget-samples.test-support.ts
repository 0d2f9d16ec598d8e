import { budgetOf, budgetRules } from "../capabilities/budget/index.ts";
import type { BudgetsControl, ShownBudget } from "../gateway/budget-states.ts";

/** A budget of this scope that an eighth is spent of. */
export function budgetFor(id: string, scope: Readonly<Record<string, string>>): ShownBudget {
  const rules = budgetRules.parse({ scope, limitUsd: 100, timeZone: "Europe/Berlin" });
  return {
    budget: budgetOf(id, rules),
    ...{ rules, source: "set", settled: 12_500_000_000n, reserved: 500_000_000n, available: 87_000_000_000n },
    ...{ usedRatio: 0.125, periodStart: 1_767_222_000_000, periodEnd: 1_769_900_400_000, told: [] },
    ...{ runsOutAt: undefined, runsOutOn: "2026-01-24" },
  };
}

const sample = budgetFor("team", { tenant: "acme" });

/** Budgets over nothing, for tests of the admin API. */
export const sampleBudgets: BudgetsControl = {
  list: () => [sample],
  set: () => Promise.resolve(sample),
  remove: (id) => Promise.resolve(id === "team"),
  entries: (id) =>
    Promise.resolve(
      id !== "team"
        ? undefined
        : [
            {
              ...{ id: 7, request: "018f", attempt: 0, kind: "settle" as const, at: 1_767_225_600_000 },
              ...{ accounts: [{ budget: "team", period: 1_767_222_000_000 }], nanoUsd: 1200 },
              ...{ usage: { input: 10, output: 3 }, priceVersion: "book", estimated: false },
            },
          ],
    ),
};

/** As the API shows it. */
export const shownSampleBudget = {
  ...{ id: "team", source: "set", scope: { tenant: "acme" }, kind: "hard", period: "month" },
  ...{ timeZone: "Europe/Berlin", startDay: 1, alerts: [50, 80, 100], told: [] },
  ...{ periodStart: 1_767_222_000_000, periodEnd: 1_769_900_400_000, runsOutOn: "2026-01-24" },
  ...{ limit: "100000000000", settled: "12500000000", reserved: "500000000", available: "87000000000" },
  usedRatio: 0.125,
};
export const shownSampleEntry = {
  ...{ id: 7, request: "018f", attempt: 0, kind: "settle", at: 1_767_225_600_000, budgets: ["team"] },
  ...{ nanoUsd: 1200, usage: { input: 10, output: 3 }, priceVersion: "book", estimated: false },
};
