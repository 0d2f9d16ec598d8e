import { describe, expect, it } from "vitest";
import { epochMs } from "../../kernel/units.ts";
import { compileRateCard, type RateCard } from "./rate-card.ts";
import { rateRows } from "./rows.ts";
import type { PriceRow } from "./settings.ts";
import { fund } from "./stage.ts";
import { worstCase } from "./worst-case.ts";

function cardOf(...rows: readonly PriceRow[]): RateCard {
  const compiled = compileRateCard(rateRows(rows, "operator"));
  if (compiled.kind !== "card") throw new Error("ambiguous");
  return compiled.card;
}

const card = cardOf(
  { match: { model: "cheap" }, usdPerMillion: { input: 1, output: 2 }, source: "s" },
  {
    match: { model: "dear" },
    usdPerMillion: { input: 3, cacheWrite1h: 6, output: 15, reasoning: 20 },
    source: "s",
  },
  { match: { model: "free" }, usdPerMillion: { input: 0, output: 0 }, source: "s" },
  {
    match: { model: "tiered" },
    usdPerMillion: { input: 4, output: 1 },
    tiers: [
      { above: 100, usdPerMillion: { input: 9 } },
      { above: 200, usdPerMillion: { input: 2 } },
    ],
    source: "s",
  },
  { match: { model: "half" }, usdPerMillion: { input: 1, output: 2 }, multiply: "1/2", source: "s" },
);
const call = (model: string) => ({ provider: "p", model, at: epochMs(0) });

describe("worstCase", () => {
  it.for([
    {
      model: "cheap",
      inputBytes: 4000,
      outputTokensMax: 100,
      expected: 1_000_000 + 200_000,
      why: "input and whole output",
    },
    {
      model: "cheap",
      inputBytes: 4001,
      outputTokensMax: 0,
      expected: 1_001_000,
      why: "a begun token counts",
    },
    {
      model: "dear",
      inputBytes: 4000,
      outputTokensMax: 10,
      expected: 6_000_000 + 200_000,
      why: "the dearest classes",
    },
    {
      model: "tiered",
      inputBytes: 400,
      outputTokensMax: 0,
      expected: 400_000,
      why: "a tier that is not reached",
    },
    {
      model: "tiered",
      inputBytes: 1200,
      outputTokensMax: 0,
      expected: 2_700_000,
      why: "the dearest tier on the way",
    },
    { model: "half", inputBytes: 4000, outputTokensMax: 100, expected: 600_000, why: "the factor" },
    {
      model: "free",
      inputBytes: 4000,
      outputTokensMax: undefined,
      expected: 0,
      why: "free, though unbounded",
    },
  ])("of $model counts $why", ({ model, inputBytes, outputTokensMax, expected }) => {
    expect(worstCase(card, call(model), { inputBytes, outputTokensMax })).toEqual({
      kind: "priced",
      nanoUsd: expected,
    });
  });

  it("tells an answer without bound from a model without price", () => {
    const size = { inputBytes: 1, outputTokensMax: undefined };
    expect(worstCase(card, call("cheap"), size)).toEqual({ kind: "unbounded" });
    expect(worstCase(card, call("strange"), size)).toEqual({ kind: "unpriced" });
  });
});

describe("fund", () => {
  const candidate = (model: string, outputTokensMax?: number) => ({
    target: { provider: "p", model, outputTokensMax },
    lane: "bytes",
  });
  const planned = (...models: readonly [string, ...string[]]) => ({
    at: epochMs(0),
    body: new Uint8Array(4000),
    facts: { outputTokensMax: 100 },
    plan: {
      candidates: [candidate(models[0]), ...models.slice(1).map((m) => candidate(m))] as const,
      reason: "test",
    },
  });

  it("adds the worst case over all candidates and keeps all else", () => {
    const funded = fund(planned("cheap", "dear"), card, "alert");
    expect(funded).toEqual({
      ...planned("cheap", "dear"),
      funding: { worstCaseNanoUsd: 8_000_000, inputBytes: 4000 },
    });
  });

  it("takes the catalogue's limit when the client sets none, and null when there is none either", () => {
    const open = { ...planned("cheap"), facts: {} };
    expect(fund(open, card, "alert").funding.worstCaseNanoUsd).toBeNull();
    const limited = { ...open, plan: { candidates: [candidate("cheap", 1000)] as const, reason: "test" } };
    expect(fund(limited, card, "alert").funding.worstCaseNanoUsd).toBe(3_000_000);
  });

  it("counts as many answers as are asked for, each as long as it may be", () => {
    const many = { ...planned("cheap"), facts: { outputTokensMax: 100, choices: 128 } };
    expect(fund(many, card, "alert").funding.worstCaseNanoUsd).toBe(1_000_000 + 128 * 200_000);
    const absurd = { ...planned("cheap"), facts: { outputTokensMax: 1e300, choices: 1e300 } };
    expect(fund(absurd, card, "alert").funding.worstCaseNanoUsd).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("alerts: serves a model without a price, with null as its worst case", () => {
    const funded = fund(planned("cheap", "strange"), card, "alert");
    expect(funded.funding.worstCaseNanoUsd).toBeNull();
    expect(funded.plan.candidates).toHaveLength(2);
  });

  it("refuses: takes models without a price out of the plan", () => {
    const funded = fund(planned("strange", "cheap"), card, "refuse");
    expect(funded.plan).toEqual(planned("cheap").plan);
    expect(funded.funding.worstCaseNanoUsd).toBe(1_200_000);
  });

  it("refuses: throws price_unknown when no candidate has a price", () => {
    expect(() => fund(planned("strange"), card, "refuse")).toThrow(
      expect.objectContaining({
        code: "price_unknown",
        status: 503,
        detail: "no price is known for strange at p",
      }),
    );
  });
});
