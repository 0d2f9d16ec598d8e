import { describe, expect, it } from "vitest";
import { epochMs } from "../kernel/units.ts";
import { modelStates } from "./model-states.ts";
import { cardOf, compiled, openaiFacts } from "./table.test-support.ts";
import { createUpstreamTallies } from "./upstream-tallies.ts";

const now = epochMs(Date.UTC(2026, 10, 2));
const rateCard = cardOf([
  {
    match: { provider: "openai", model: "gpt-5" },
    usdPerMillion: { output: "10", input: "1.25", cacheRead: "0.125" },
    tiers: [{ above: 271_999, usdPerMillion: { input: "2.5" } }],
    source: "a test",
  },
  { match: { model: "gpt-*" }, usdPerMillion: { input: 9, output: 9 }, source: "a test" },
  { match: { model: "gpt-5" }, multiply: "11/10", validFrom: "2026-11-02", source: "a test" },
]);
const claude = {
  ...openaiFacts,
  id: "claude",
  priceProvider: undefined,
  dialects: ["anthropic-messages"],
  globs: [],
  listed: ["claude-x"],
} as const;
const table = compiled([openaiFacts, claude], {
  fast: [
    { provider: "openai", model: "gpt-5" },
    { provider: "claude", model: "claude-x" },
  ],
});

function open(quirks: Parameters<typeof modelStates>[2]["quirks"] = []) {
  const tallies = createUpstreamTallies({ now: () => now });
  return {
    states: () => modelStates({ table, rateCard }, tallies, { now, quirks }),
    tried: (provider: string, model: string, failure?: Parameters<typeof tallies.onTried>[1]) => {
      const target = table.providers.get(provider)?.targetOf(model);
      const endpoint = target?.endpoints[0];
      if (target === undefined || endpoint === undefined) throw new Error(`no provider ${provider}`);
      tallies.onTried({ target, endpoint, lane: "bytes" }, failure);
    },
    tallies,
  };
}

describe("modelStates", () => {
  it("lists names as routing does, pools first, their targets in the order of failover", () => {
    const { models, seen } = open().states();
    expect(models.map(({ name, kind, targets }) => [name, kind, targets.map(({ model }) => model)])).toEqual([
      ["fast", "pool", ["gpt-5", "claude-x"]],
      ...["auto", "auto-cheap", "auto-fast", "auto-best"].map((name) => [
        name,
        "pool",
        ["gpt-5", "claude-x"],
      ]),
      ["gpt-*", "pattern", ["gpt-*"]],
      ["o3", "model", ["o3"]],
      ["claude/claude-x", "model", ["claude-x"]],
    ]);
    expect(seen).toEqual([]);
  });

  it("knows what a model costs now, with tiers, factor and source, its limit and who gets its own bytes", () => {
    const [fast] = open().states().models;
    const [gpt, other] = fast?.targets ?? [];
    expect(gpt?.price).toEqual({
      rates: [
        {
          unit: "input",
          nanoUsd: 1_250_000_000,
          per: 1_000_000,
          tiers: [{ above: 271_999, nanoUsd: 2_500_000_000 }],
        },
        { unit: "output", nanoUsd: 10_000_000_000, per: 1_000_000, tiers: [] },
        { unit: "cacheRead", nanoUsd: 125_000_000, per: 1_000_000, tiers: [] },
      ],
      multiply: "11/10",
      source: "operator",
    });
    expect(gpt?.abilities).toEqual([]);
    const laneOf = (wanted: string) => gpt?.lanes.find(({ dialect }) => dialect === wanted)?.lane;
    expect(["openai-chat", "anthropic-messages", "anthropic-count"].map(laneOf)).toEqual([
      "bytes",
      "canonical",
      "none",
    ]);
    expect(other).toMatchObject({
      price: null,
      abilities: [{ name: "outputTokensMax", value: 64_000, source: "built in", asOf: "2026-11" }],
    });
  });

  it("puts what was learned over what is known, but not what an operator has forbidden", () => {
    const quirk = (model: string, parameter: string, state: "learned" | "forbidden") => ({
      ...{ id: `${model}-${parameter}`, provider: "claude", origin: "https://c.example", model, state },
      ...{ dialect: "anthropic-messages", because: "no", applied: 1, learnedAt: now, until: null },
      healing: { kind: "remove", parameter } as const,
    });
    const quirks = [
      quirk("claude-x", "temperature", "learned"),
      quirk("claude-x", "parallel_tool_calls", "forbidden"),
      quirk("claude-y", "top_p", "learned"),
    ];
    const entry = open(quirks)
      .states()
      .models.find(({ name }) => name === "claude/claude-x");
    expect(entry?.targets[0]?.abilities).toEqual([
      { name: "outputTokensMax", value: 64_000, source: "built in", asOf: "2026-11" },
      { name: "sampling", value: false, source: "learned", asOf: "2026-11-02" },
    ]);
  });

  it("asks no price for a pattern: another one would be found for it", () => {
    const pattern = open()
      .states()
      .models.find(({ kind }) => kind === "pattern");
    expect(rateCard.choose({ provider: "openai", model: "gpt-*", at: now })).toBeDefined();
    expect(pattern?.targets[0]?.price).toBeNull();
  });

  it("shows the models that requests have reached, and how a pattern's have done together", () => {
    const { states, tried, tallies } = open();
    tried("openai", "gpt-7");
    tried("openai", "gpt-7");
    tried("openai", "gpt-5", { code: "upstream_overloaded", status: 503 });
    tried("openai", "o3");
    const { models, seen } = states();
    expect(seen.map(({ model, requests }) => [model, requests])).toEqual([
      ["o3", 1],
      ["gpt-5", 1],
      ["gpt-7", 2],
    ]);
    expect(seen[2]?.price?.rates[0]).toMatchObject({ unit: "input", nanoUsd: 9_000_000_000 });
    const targetOf = (name: string) => models.find((entry) => entry.name === name)?.targets[0];
    expect(targetOf("gpt-*")).toMatchObject({ requests: 3, failures: 1, lastTry: "failed" });
    expect(targetOf("gpt-*")?.errors).toMatchObject([{ model: "gpt-5" }]);
    expect(targetOf("fast")).toMatchObject({ requests: 1, failures: 1 });
    const gone = modelStates({ table: compiled([claude]), rateCard }, tallies, { now, quirks: [] });
    expect(gone.seen).toEqual([]);
  });
});
