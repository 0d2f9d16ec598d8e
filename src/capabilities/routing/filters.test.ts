import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { filterNames } from "../../exchange/decision.ts";
import type { Misfit } from "../../exchange/misfit.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { decide } from "./decide.ts";
import { filtered, thatFit } from "./filters.ts";
import type { Choosable } from "./rank.ts";
import type { RouteRules, Strategy } from "./shapes.ts";

const usd = 1e9;
const misfit = (by: Misfit["by"]): Misfit => ({
  by,
  detail: "cannot",
  error: new GatewayError("unsupported_content", "cannot", { message: "cannot" }),
});
const target = (model: string, more: Partial<Choosable> = {}): Choosable => ({
  ...{ name: `p/${model}`, provider: "p", model, tier: 0, weight: 1 },
  ...{ costNanoUsd: 0.01 * usd, costHighNanoUsd: 0.02 * usd, price: { input: 1, output: 2 } },
  ...{ latencyMs: 1000, latencyHighMs: 2000, doneMs: 1000, inFlight: 0 },
  ...{ health: 1, quality: 0.8, answers: 100 },
  ...more,
});
const rules = (more: Partial<RouteRules> = {}): RouteRules => ({
  strategy: "priority",
  weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
  expose: "strategy",
  ...more,
});

const dark = { costNanoUsd: null, costHighNanoUsd: null, price: undefined } as const;
const broken = { share: 0.5, checked: 40 };

/** What each filter minds, and rules under which all of them mind it. */
const faults: readonly (readonly [by: (typeof filterNames)[number], fault: Partial<Choosable>])[] = [
  ["abilities", { misfit: misfit("abilities") }],
  ["context_window", { misfit: misfit("context_window") }],
  ["contract", { kept: broken }],
  ["unpriced", dark],
  ["max_price", { price: { input: 9, output: 9 } }],
  ["max_cost", { costHighNanoUsd: 9 * usd }],
  ["max_latency", { latencyHighMs: 99_000 }],
];
const strictRules = rules({
  strategy: "learned",
  minContract: 0.8,
  maxPrice: { output: 5 },
  maxCostUsd: 1,
  maxLatencyMs: 10_000,
});

describe("filters", () => {
  it.for(faults.map(([by, fault]) => ({ by, fault })))("$by: who fails it is out by its name", (one) => {
    const { feasible, refused } = filtered([target("bad", one.fault), target("good")], strictRules);
    expect(feasible.map(({ model }) => model)).toEqual(["good"]);
    expect(refused).toMatchObject([{ provider: "p", model: "bad", by: one.by }]);
  });

  it("the first in their order is told of a target that fails several", () => {
    for (const [index, [by]] of faults.entries()) {
      const all = Object.assign(
        {},
        ...faults
          .slice(index)
          .map(([, fault]) => fault)
          .toReversed(),
      );
      const { refused } = filtered([target("bad", all), target("good")], strictRules);
      expect(refused).toMatchObject([{ model: "bad", by }]);
    }
    const names = faults.map(([by]) => by);
    expect(filterNames.filter((name) => names.includes(name))).toEqual(names);
  });

  it.for<{ name: string; kept: Choosable["kept"]; more?: Partial<RouteRules> }>([
    { name: "too few answers were checked", kept: { share: 0, checked: 19 } },
    { name: "just enough were kept", kept: { share: 0.8, checked: 40 } },
    { name: "this answer has none, or nobody has looked", kept: undefined },
    { name: "nobody has asked for it", kept: broken, more: { minContract: 0 } },
  ])("a contract refuses nobody where $name", ({ kept, more }) => {
    const { refused } = filtered([target("a", { kept }), target("b")], rules({ minContract: 0.8, ...more }));
    expect(refused).toEqual([]);
  });

  it("a contract does not shut out those that are left when all others are too dear", () => {
    const targets = [target("dear", { costHighNanoUsd: 9 * usd }), target("loose", { kept: broken })];
    const { feasible, refused } = filtered(targets, rules({ minContract: 0.8, maxCostUsd: 1 }));
    expect(feasible.map(({ model }) => model)).toEqual(["loose"]);
    expect(refused).toMatchObject([{ model: "dear", by: "max_cost" }]);
  });

  it("a budget takes what has no price where what has one cannot serve the request", () => {
    const targets = [target("blind", { misfit: misfit("abilities") }), target("dark", dark)];
    const { feasible } = filtered(targets, rules({ strategy: "learned" }));
    expect(feasible.map(({ model }) => model)).toEqual(["dark"]);
  });

  const someTarget = fc
    .record({
      misfit: fc.option(fc.constantFrom(misfit("abilities"), misfit("context_window")), { nil: undefined }),
      kept: fc.option(fc.record({ share: fc.double({ min: 0, max: 1, noNaN: true }), checked: fc.nat(50) }), {
        nil: undefined,
      }),
      costHigh: fc.option(fc.integer({ min: 0, max: 3 })),
      latencyHighMs: fc.integer({ min: 0, max: 20_000 }),
      answers: fc.nat(3),
      tier: fc.nat(2),
    })
    .map(
      ({ costHigh, ...more }): Partial<Choosable> => ({
        ...more,
        ...(costHigh === null
          ? dark
          : {
              costNanoUsd: costHigh * usd,
              costHighNanoUsd: costHigh * usd,
              price: { input: costHigh, output: costHigh },
            }),
      }),
    );
  const someRules = fc
    .record({
      strategy: fc.constantFrom<Strategy>("priority", "learned", "cost-optimized"),
      minContract: fc.constantFrom(0, 0.5, 0.9),
      maxCostUsd: fc.constantFrom(1, 2, 9),
      maxLatencyMs: fc.constantFrom(1000, 10_000, 90_000),
    })
    .map(rules);
  const someTargets = fc
    .array(someTarget, { maxLength: 8 })
    .map((all) => all.map((more, index) => target(`m${index}`, more)));

  it("every target is either in the order or refused once, and nobody in the order fails what no rule can mend", () => {
    fc.assert(
      fc.property(someTargets, someRules, (targets, by) => {
        const made = decide(targets, by, { random: () => 0.5, turns: new Map() });
        const refused = (made.kind === "decided" ? made.decision : made).refused.map(({ model }) => model);
        const order = made.kind === "decided" ? made.order : [];
        expect([...order.map(({ model }) => model), ...refused].toSorted()).toEqual(
          targets.map(({ model }) => model).toSorted(),
        );
        expect(order.filter((one) => one.misfit !== undefined)).toEqual([]);
        expect(order.filter((one) => (one.costHighNanoUsd ?? 0) > (by.maxCostUsd ?? 0) * usd)).toEqual([]);
      }),
    );
  });

  it("a contract never empties a list that is not empty without it", () => {
    fc.assert(
      fc.property(someTargets, someRules, (targets, by) => {
        const { minContract: _, ...without } = by;
        const isEmpty = filtered(targets, by).feasible.length === 0;
        expect(isEmpty).toBe(filtered(targets, without).feasible.length === 0);
      }),
    );
  });

  it("where nothing is chosen only what the models cannot do counts", () => {
    const { feasible, refused } = thatFit(faults.map(([by, fault]) => target(by, fault)));
    expect(refused.map(({ by }) => by)).toEqual(["abilities", "context_window"]);
    expect(feasible).toHaveLength(faults.length - 2);
  });
});
