import { describe, expect, it } from "vitest";
import { shownSampleBudget } from "../admin/budget-samples.test-support.ts";
import { components } from "../admin/schemas.ts";
import { printBudgets } from "./budgets.ts";

const sample = components.Budget.parse(shownSampleBudget);

describe("printBudgets", () => {
  it("tells what is spent, held and left, to the nano-dollar, and when it runs out", () => {
    expect(printBudgets([sample])).toBe(
      "team (hard, month, tenant=acme): $12.5 of $100 spent, $0.5 held, $87 left; runs out on 2026-01-24\n",
    );
    const over = {
      ...sample,
      scope: {},
      settled: "100000000001",
      reserved: "0",
      available: "-1",
      runsOutOn: null,
    };
    expect(printBudgets([over])).toBe(
      "team (hard, month): $100.000000001 of $100 spent, $0 held, -$0.000000001 left\n",
    );
    expect(printBudgets([])).toBe("There are no budgets.\n");
  });
});
