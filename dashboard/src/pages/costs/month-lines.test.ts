import { describe, expect, it } from "vitest";
import type { CostForecast } from "../../generated/client.ts";
import { linkOf, readPlace } from "./cost-link.ts";
import { monthLines } from "./month-lines.ts";

const day = (date: string, spentUsd: number) => ({ date, spentUsd, calls: 1, unpriced: 0 });
const forecast: CostForecast = {
  ...{ scope: "all", month: "2026-02", monthToDateUsd: 7, calls: 3, unpriced: 0, thin: false, knownDays: 20 },
  ...{
    p10Usd: 9,
    p50Usd: 10,
    p90Usd: 12,
    budgetUsd: null,
    runsOutOn: null,
    scopes: [],
    scopesTotal: 0,
    pools: [],
  },
  days: [day("2026-01-31", 50), day("2026-02-01", 4), day("2026-02-02", 2), day("2026-02-03", 1)],
  ahead: [
    { date: "2026-02-03", p10Usd: 7, p50Usd: 8, p90Usd: 8.5 },
    { date: "2026-02-04", p10Usd: 9, p50Usd: 10, p90Usd: 12 },
  ],
};

describe("monthLines", () => {
  it("adds up the days of the month, then goes on with the forecast from where it is", () => {
    expect(monthLines(forecast)).toEqual({
      daysOfMonth: 4,
      top: 12,
      spent: [
        [0, 0],
        [1, 4],
        [2, 6],
        [2.5, 7],
      ],
      median: [
        [2.5, 7],
        [3, 8],
        [4, 10],
      ],
      low: [
        [2.5, 7],
        [3, 7],
        [4, 9],
      ],
      high: [
        [2.5, 7],
        [3, 8.5],
        [4, 12],
      ],
    });
  });

  it("has no band where too little is known, and room for the budget", () => {
    const thin = forecast.ahead.map((ahead) => ({ ...ahead, p10Usd: null, p90Usd: null }));
    const lines = monthLines({ ...forecast, ahead: thin, budgetUsd: 40 });
    expect([lines.low, lines.high, lines.median.length, lines.top]).toEqual([[], [], 3, 40]);
  });
});

describe("the address of the page", () => {
  it.for([
    { place: { scope: "all", budgetUsd: undefined }, link: "/costs" },
    { place: { scope: "route:a/b c", budgetUsd: 30.5 }, link: "/costs?scope=route%3Aa%2Fb+c&budget=30.5" },
  ])("$link leads back to where it was made", ({ place, link }) => {
    expect(linkOf(place)).toBe(link);
    expect(readPlace(new URLSearchParams(link.split("?")[1]))).toEqual(place);
  });

  it.for(["budget=", "budget=much", "budget=-1", "scope="])("takes %s for nothing asked", (query) => {
    expect(readPlace(new URLSearchParams(query))).toEqual({ scope: "all", budgetUsd: undefined });
  });
});
