import { describe, expect, it } from "vitest";
import { GatewayError } from "../../kernel/errors.ts";
import { takeCase, usedOf, withCase } from "./conditional.ts";
import { askedStrategy, usual } from "./hints.ts";
import type { RouteRules } from "./shapes.ts";

const rules: RouteRules = {
  ...usual,
  strategy: "conditional",
  maxCostUsd: 2,
  cases: [
    { when: "first", strategy: "highest-quality" },
    { when: "second", use: ["p/c", "p/a"] },
    { when: "third", use: ["p/b", "p/c"], strategy: "cost-optimized" },
  ],
  else: { strategy: "latency-based" },
};
const { else: _else, ...withoutElse } = rules;
const found = ["a", "b", "c"].map((model, index) => ({
  reference: { provider: "p", model, tier: 2 - index },
}));
const namesOf = (taken: Parameters<typeof usedOf>[1]): string =>
  usedOf(found, taken)
    .map(({ reference: { model, tier } }) => `${model}${tier}`)
    .join(" ");

describe("takeCase", () => {
  it.for<{ holds: readonly string[]; of?: RouteRules; taken: unknown; strategy: string; targets: string }>([
    {
      holds: ["first"],
      taken: { taken: 1, when: "first" },
      strategy: "highest-quality",
      targets: "a2 b1 c0",
    },
    { holds: ["first", "second"], taken: { taken: 1 }, strategy: "highest-quality", targets: "a2 b1 c0" },
    { holds: ["second", "third"], taken: { taken: 2 }, strategy: "priority", targets: "c0 a1" },
    { holds: ["third"], taken: { taken: 3 }, strategy: "cost-optimized", targets: "b1 c0" },
    { holds: [], taken: { taken: "else" }, strategy: "latency-based", targets: "a2 b1 c0" },
    { holds: [], of: withoutElse, taken: { taken: "none" }, strategy: "priority", targets: "a2 b1 c0" },
  ])("with $holds: $strategy among $targets", ({ holds, of = rules, taken: wanted, strategy, targets }) => {
    const taken = takeCase(of, {}, (when) => holds.includes(when));
    expect(taken.case).toMatchObject({ ...Object(wanted), strategy });
    expect(taken.rules).toMatchObject({ strategy, maxCostUsd: 2 });
    expect(taken.rules.cases).toBeUndefined();
    expect(namesOf(taken)).toBe(targets);
  });

  it("asks no further than the first that holds", () => {
    const asked: string[] = [];
    takeCase(rules, {}, (when, index) => {
      asked.push(`${index} ${when}`);
      return when === "second";
    });
    expect(asked).toEqual(["0 first", "1 second"]);
  });

  it("lets a client choose otherwise among what the case uses, and not more", () => {
    const taken = takeCase(rules, { strategy: "cost-optimized", maxCostUsd: 5 }, (when) => when === "second");
    expect(taken.rules).toMatchObject({ strategy: "cost-optimized", maxCostUsd: 2 });
    expect(taken.case).toEqual({ taken: 2, when: "second", strategy: "cost-optimized" });
    expect(namesOf(taken)).toBe("a2 c0");
  });

  it("does not learn at a client's wish, and `conditional` is none that could be wished for", () => {
    expect(() => takeCase(rules, { strategy: "learned" }, () => true)).toThrow(GatewayError);
    expect(askedStrategy("conditional")).toBeUndefined();
    expect(askedStrategy("LOWEST_COST")).toBe("cost-optimized");
  });

  it("leaves a decision of another route as it is", () => {
    const decision = {
      strategy: "priority",
      chosenBy: "order",
      propensity: 1,
      ranked: [],
      refused: [],
    } as const;
    expect(withCase(decision, undefined)).toBe(decision);
    const taken = takeCase(rules, {}, () => false);
    expect(withCase(decision, taken)).toMatchObject({ strategy: "conditional", case: { taken: "else" } });
  });
});
