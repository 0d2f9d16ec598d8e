import { describe, expect, it } from "vitest";
import { hasTiers, perMillion } from "./prices.ts";

const price = {
  rates: [
    {
      unit: "input",
      nanoUsd: 2_500_000_000,
      per: 1_000_000,
      tiers: [{ above: 271_999, nanoUsd: 5_000_000_000 }],
    },
    { unit: "output", nanoUsd: 0, per: 1_000_000, tiers: [] },
    { unit: "cacheWriteOther", nanoUsd: 75, per: 1000, tiers: [] },
  ],
  multiply: null,
  source: "a test",
};

describe("perMillion", () => {
  it.for([
    { name: "a price", units: ["input"], multiply: null, text: "$2.50" },
    { name: "nothing to pay", units: ["output"], multiply: null, text: "$0.00" },
    { name: "a price of another quantity", units: ["cacheWriteOther"], multiply: null, text: "$0.000075" },
    {
      name: "the first that is named",
      units: ["cacheWrite5m", "cacheWriteOther"],
      multiply: null,
      text: "$0.000075",
    },
    { name: "a factor", units: ["input"], multiply: "11/10", text: "$2.75" },
    { name: "no price", units: ["cacheRead"], multiply: null, text: undefined },
  ])("shows $name", ({ units, multiply, text }) => {
    expect(perMillion({ ...price, multiply }, ...units)).toBe(text);
  });

  it("says whether a long input has another price", () => {
    expect(hasTiers(price)).toBe(true);
    expect(hasTiers({ ...price, rates: price.rates.slice(1) })).toBe(false);
  });
});
