import { describe, expect, it } from "vitest";
import { allowedOf, withAuto } from "./auto.ts";
import type { TargetRef } from "./shapes.ts";

const small: TargetRef = { provider: "openai", model: "gpt-5-mini" };
const large: TargetRef = { provider: "anthropic", model: "claude-opus-5", tier: 3, weight: 2, quality: 0.9 };
const vectors: TargetRef = { provider: "openai", model: "text-embedding-3-small" };
const pools = new Map<string, readonly TargetRef[]>([
  ["fast", [small, vectors]],
  ["smart", [large, small]],
]);

describe("withAuto", () => {
  it("adds four names over all that can chat, each once, without the tiers and weights of their pools", () => {
    const { pools: all, routes, virtual } = withAuto({ pools, routes: new Map() });
    expect([...virtual]).toEqual(["auto", "auto-cheap", "auto-fast", "auto-best"]);
    expect(all.get("auto")).toEqual([small, { provider: "anthropic", model: "claude-opus-5", quality: 0.9 }]);
    expect([...routes].map(([name, { strategy }]) => [name, strategy])).toEqual([
      ["auto", "learned"],
      ["auto-cheap", "cost-optimized"],
      ["auto-fast", "latency-based"],
      ["auto-best", "highest-quality"],
    ]);
  });

  it("leaves an operator's name alone, and adds nothing where there is nothing to choose", () => {
    const own = new Map([...pools, ["auto", [small]] as const]);
    const { pools: all, virtual } = withAuto({ pools: own, routes: new Map() });
    expect(all.get("auto")).toEqual([small]);
    expect(virtual.has("auto")).toBe(false);
    const few = withAuto({ pools: new Map([["fast", [small, vectors]]]), routes: new Map() });
    expect([...few.pools.keys()]).toEqual(["fast"]);
    expect(few.virtual.size).toBe(0);
  });
});

describe("allowedOf", () => {
  const table = withAuto({ pools, routes: new Map() });
  const targets = table.pools.get("auto") ?? [];
  it.for([
    ["smart", [small.model, large.model]],
    ["fast", [small.model]],
    ["openai/gpt-5-mini", [small.model]],
    ["claude-opus-5", [large.model]],
    ["auto", []],
  ] as const)("a key that may use `%s` gets %o", ([name, models]) => {
    expect(allowedOf(targets, table, (asked) => asked === name).map(({ model }) => model)).toEqual(models);
  });
});
