import { describe, expect, it } from "vitest";
import { z } from "zod";
import { epochMs } from "../../kernel/units.ts";
import { compileRateCard } from "./rate-card.ts";
import { rateRows } from "./rows.ts";
import { pricingSettings } from "./settings.ts";

const row = {
  match: { provider: "openai", model: "gpt-5*" },
  usdPerMillion: { input: 1.25, output: "10" },
  source: "page",
};

describe("pricingSettings", () => {
  it("alerts about unknown models and has no rows when nothing is said", () => {
    expect(pricingSettings.parse({})).toEqual({ unknownModel: "alert", rows: [] });
  });

  it("takes the row of the specification as it is", () => {
    const written = {
      match: { provider: "openai", model: "gpt-5*", isBatch: true },
      multiply: "1/2",
      validFrom: "2026-11-01",
      source: "price page 2026-11-01",
    };
    const [parsed] = rateRows(pricingSettings.parse({ rows: [written] }).rows, "operator");
    expect(parsed).toMatchObject({
      multiply: { numerator: 1n, denominator: 2n },
      validFrom: Date.UTC(2026, 10, 1),
      rates: undefined,
    });
  });

  it("turns dollars into exact nano-dollars, tiers and hours included", () => {
    const written = {
      ...row,
      match: { model: "x", dailyUtc: { from: "16:30", until: "00:30" } },
      tiers: [{ above: 200_000, usdPerMillion: { input: "2.500000001" } }],
    };
    const [parsed] = rateRows(pricingSettings.parse({ rows: [written] }).rows, "operator");
    expect(parsed?.match.dailyUtc).toEqual({ from: 990, until: 30 });
    expect(parsed?.rates).toEqual({
      input: {
        nanoUsd: 1_250_000_000n,
        per: 1_000_000n,
        tiers: [{ above: 200_000, nanoUsd: 2_500_000_001n }],
      },
      output: { nanoUsd: 10_000_000_000n, per: 1_000_000n },
    });
  });

  it.for<{ name: string; change: object; says: RegExp }>([
    { name: "a negative price", change: { usdPerMillion: { input: -1 } }, says: /amount of US dollars/ },
    {
      name: "a price finer than a nano-dollar",
      change: { usdPerMillion: { input: "1e-10" } },
      says: /amount of US dollars/,
    },
    { name: "an unknown unit", change: { usdPerMillion: { inptu: 1 } }, says: /inptu/ },
    {
      name: "neither prices nor a factor",
      change: { usdPerMillion: undefined },
      says: /needs `usdPerMillion` or `multiply`/,
    },
    { name: "prices that are none", change: { usdPerMillion: {} }, says: /names no price/ },
    { name: "a factor of nothing", change: { multiply: "0/1" }, says: /./ },
    {
      name: "a tier's price that has none below it",
      change: { tiers: [{ above: 1, usdPerMillion: { cacheRead: 1 } }] },
      says: /`tiers`/,
    },
    { name: "a day that is none", change: { validFrom: "2026-13-01" }, says: /is not a date/ },
    { name: "no source", change: { source: "" }, says: /./ },
  ])("refuses $name", ({ change, says }) => {
    const parsed = pricingSettings.safeParse({ rows: [{ ...row, ...change }] });
    expect(parsed.error?.message).toMatch(says);
  });

  it("can be printed as a JSON Schema with descriptions", () => {
    const printed = JSON.stringify(z.toJSONSchema(pricingSettings, { io: "input" }));
    expect(printed).toContain("US dollars per million tokens");
  });

  it("makes rows that a price book takes", () => {
    const compiled = compileRateCard(rateRows(pricingSettings.parse({ rows: [row] }).rows, "operator"));
    const asked = { provider: "openai", model: "gpt-5.1", at: epochMs(0) };
    expect(compiled.kind === "card" && compiled.card.choose(asked)?.source).toBe("operator");
  });
});
