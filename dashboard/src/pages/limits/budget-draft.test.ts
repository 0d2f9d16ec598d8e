import { describe, expect, it } from "vitest";
import type { Budget } from "../../generated/client.ts";
import { draftOfBudget, wantedBudgetOf } from "./budget-draft.ts";

const budget: Budget = {
  id: "team",
  source: "set",
  scope: { tenant: "acme", model: "gpt-*" },
  kind: "soft",
  period: "week",
  timeZone: "Europe/Berlin",
  startDay: 2,
  alerts: [80, 100],
  periodStart: 0,
  periodEnd: null,
  limit: "8123456789000000001",
  settled: "0",
  reserved: "0",
  available: "0",
  usedRatio: 0,
  told: [],
  runsOutOn: null,
};

describe("a budget as it is typed", () => {
  it("says the same when nothing was changed, to the last of 10^-9 dollars", () => {
    const { scope, kind, period, timeZone, startDay, alerts } = budget;
    expect(wantedBudgetOf(draftOfBudget(budget))).toEqual({
      ...{ scope, kind, period, timeZone, startDay, alerts },
      limitUsd: "8123456789.000000001",
    });
  });

  it("says round amounts without a fraction, and small ones in full", () => {
    expect(draftOfBudget({ ...budget, limit: "250000000000" }).limitUsd).toBe("250");
    expect(draftOfBudget({ ...budget, limit: "1000" }).limitUsd).toBe("0.000001");
  });

  it("is for all calls when nothing is named", () => {
    const draft = { ...draftOfBudget(budget), scope: { tenant: " ", model: "" } };
    expect(wantedBudgetOf(draft)).toMatchObject({ scope: {} });
  });
});
