import { budgetRules } from "../../src/capabilities/budget/index.ts";

/** Large enough never to be used up. */
export const crashBudgets = {
  all: budgetRules.parse({ limitUsd: 1_000_000, period: "total" }),
  watched: budgetRules.parse({ limitUsd: 1_000_000, period: "total", kind: "soft" }),
};
