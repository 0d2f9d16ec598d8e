import { describe, expect, it } from "vitest";
import { featuresOfPrompt } from "./features.ts";
import { readKept } from "./kept-state.ts";
import { createRouteMemory, type KeptRoute } from "./route-memory.ts";

const random = (): number => 0.5;

describe("what a route knows of contracts", () => {
  it("moves from what is usual to what was seen", () => {
    const memory = createRouteMemory(random);
    expect(memory.keeps("small")).toBe(0.95);
    for (let answer = 0; answer < 100; answer += 1) memory.checked("small", answer % 2 === 0);
    expect(memory.keeps("small")).toBeCloseTo((50 + 19) / 120, 1);
    expect(memory.keeps("large")).toBe(0.95);
  });

  it("is there again after a restart, and is not needed to begin with what was stored before it existed", () => {
    const memory = createRouteMemory(random);
    memory.quality("small", 0.8, undefined);
    memory.checked("small", false);
    memory.rescued("large", { sum: 1, count: 1 });
    const kept = memory.kept();
    expect([kept.contracts?.size, kept.rescues?.size]).toEqual([1, 1]);
    const state = { version: 1, routes: new Map([["pool", kept]]) };
    expect(readKept(structuredClone(state))?.routes.get("pool")).toEqual(kept);
    const again = createRouteMemory(random, kept);
    expect(again.keeps("small")).toBe(memory.keeps("small"));
    const { contracts: _contracts, rescues: _rescues, ...older } = kept;
    expect(readKept({ version: 1, routes: new Map([["pool", older]]) })).toBeDefined();
  });

  it("learns nothing while it is frozen", () => {
    const memory = createRouteMemory(random);
    memory.freeze(true);
    memory.checked("small", false);
    memory.rescued("small", { sum: 0, count: 1 });
    expect(memory.keeps("small")).toBe(0.95);
    expect(memory.kept().rescues?.size).toBe(0);
  });
});

const target = (name: string, quality: number, costNanoUsd: number, costHighNanoUsd: number) => ({
  ...{ name, provider: "p", model: name, tier: 0, weight: 1, price: undefined, quality },
  ...{ latencyMs: 100, latencyHighMs: 200, doneMs: 200, inFlight: 0, health: 1, answers: 100 },
  ...{ costNanoUsd, costHighNanoUsd },
});
const rules = {
  strategy: "learned",
  weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
  budget: { perRequestUsd: 0.05 },
  expose: "strategy",
} as const;

describe("a model that comes to one that is known", () => {
  it("is asked in a third of the requests, twenty times in all, also over a restart; a change makes nobody come anew", () => {
    let drawn = 0.9;
    const open = (from?: KeptRoute) => createRouteMemory(() => drawn, from);
    const both = [target("old", 0.9, 1e6, 2e6), target("new", 0.5, 1e6, 2e6)] as const;
    let memory = open();
    for (const { model, quality } of both) memory.quality(model, quality, undefined);
    const shareOfNew = () => {
      const choice = memory.choose({ rules, features: undefined, isCritical: false }, both);
      return { choice, share: choice.propensities.get("new") ?? 0 };
    };
    const judged = (model: string, quality: number) =>
      memory.judged(model, { features: undefined, shape: "other", quality, weight: 1 });
    expect(shareOfNew().share).toBeCloseTo(0.03 / 2, 6);
    for (let judgement = 0; judgement < 40; judgement += 1) judged("old", 0.9);
    drawn = 0;
    for (let asked = 0; asked < 20; asked += 1) {
      const { choice, share } = shareOfNew();
      expect(share).toBeCloseTo(1 / 3, 6);
      expect(choice.chosenModel).toBe("new");
      memory.took(rules, choice);
      if (asked === 10) {
        const kept = memory.kept();
        expect(readKept({ version: 1, routes: new Map([["pool", kept]]) })?.routes.get("pool")).toEqual(kept);
        memory = open(kept);
      }
    }
    expect(shareOfNew().share).toBeCloseTo(0.03, 6);
    for (let judgement = 0; judgement < 40; judgement += 1) judged("new", 0.9);
    for (let judgement = 0; judgement < 60; judgement += 1) judged("old", 0.1);
    const swapped = [target("old", 0.3, 1e6, 2e6), target("new", 0.9, 1e6, 2e6)] as const;
    const { propensities } = memory.choose({ rules, features: undefined, isCritical: false }, swapped);
    expect(propensities.get("old")).toBeLessThanOrEqual(0.03);
  });
});

describe("what would have changed a choice", () => {
  const flipOf = (largeHigh: number): string | undefined =>
    createRouteMemory(random).choose({ rules, features: undefined, isCritical: true }, [
      target("small", 0.7, 1e6, 2e6),
      target("large", 0.9, 1e8, largeHigh),
    ]).flip;
  it("is a budget, where the choice was one of price", () => {
    // The price at first is .05: .7 - .05 · .02 beside .9 - .05 · 2; both are even at .101.
    expect(flipOf(2e8)).toBe("small at budget -51 %");
  });
  it("is credit, where the better one may cost more than there is", () => {
    // There is a credit of twenty requests: 1 USD.
    expect(flipOf(1.25e9)).toBe("large with 0.25 USD more credit");
  });
});

describe("how long answers are", () => {
  it("is taken from others where nothing is known of a target: else it might be too dear to be tried", () => {
    const memory = createRouteMemory(random);
    const features = featuresOfPrompt("How many?");
    expect(memory.outputTokens("p/new", features)).toBeUndefined();
    for (let answer = 0; answer < 60; answer += 1) {
      memory.answered("p/short", features, 5);
      memory.answered("p/long", features, 40);
    }
    expect(memory.outputTokens("p/short", features)?.mean).toBeCloseTo(5, 0);
    expect(memory.outputTokens("p/new", features)).toEqual(memory.outputTokens("p/long", features));
  });
});
