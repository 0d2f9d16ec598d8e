import { describe, expect, it } from "vitest";
import { printCosts } from "./costs.ts";

const band = { p10Usd: 30, p50Usd: 36, p90Usd: 44.5 };
const none = { p10Usd: null, p50Usd: 0.5, p90Usd: null };
const forecast: Parameters<typeof printCosts>[0] = {
  ...{ scope: "all", month: "2026-11", monthToDateUsd: 12.5, calls: 900, unpriced: 0, ...band },
  ...{ thin: false, knownDays: 40, budgetUsd: null, runsOutOn: null, days: [], ahead: [], scopesTotal: 2 },
  scopes: [
    { scope: "all", name: null, monthToDateUsd: 12.5, calls: 900, unpriced: 0, ...band, thin: false },
    { scope: "key:a", name: "first", monthToDateUsd: 0.000_042, calls: 1, unpriced: 0, ...none, thin: true },
  ],
  pools: [],
};

describe("printCosts", () => {
  it("says what was spent and what will be, then the scopes", () => {
    expect(printCosts(forecast)).toBe(
      [
        "all, 2026-11: $12.50 so far, $36.00 at the end of the month ($30.00 to $44.50 in eight of ten)",
        "",
        "all            $12.50 -> $36.00 ($30.00 to $44.50)",
        "key:a (first)  $0.000042 -> $0.5",
        "",
      ].join("\n"),
    );
  });

  it("says what the figures do not say by themselves", () => {
    const days = [{ date: "2026-11-01", spentUsd: 1, calls: 2, unpriced: 0 }];
    const pool = { pool: "thrifty", budgetUsd: 0.001, creditUsd: 0.02, days };
    const text = printCosts({
      ...{
        ...forecast,
        ...none,
        thin: true,
        unpriced: 3,
        budgetUsd: 20,
        runsOutOn: "2026-11-20",
        scopesTotal: 30,
      },
      pools: [
        { ...pool, meanUsd: 0.0009, calls: 40 },
        { ...pool, pool: "idle", budgetUsd: null, creditUsd: null, meanUsd: null, calls: 0 },
      ],
    });
    expect(text.split("\n").slice(0, 4)).toEqual([
      "all, 2026-11: $12.50 so far, $0.5 at the end of the month",
      "Fewer than seven days are known: it is taken to go on as it has on average.",
      "3 requests of unknown price are in no figure.",
      "A budget of $20.00 runs out on 2026-11-20.",
    ]);
    expect(text.split("\n").slice(-4)).toEqual([
      "and 28 that have cost less",
      "pool thrifty: $0.001 a request may be spent, $0.0009 was, on 40",
      "pool idle: what a request may cost is not known yet, none was sent",
      "",
    ]);
    expect(printCosts({ ...forecast, budgetUsd: 90 })).toContain("$90.00 is not used up this month.");
  });
});
