import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSeededRandom } from "../../platform/memory/index.ts";
import { decide } from "./decide.ts";
import { createFigures } from "./figures.ts";
import { narrowed, type RouteHints, readHints } from "./hints.ts";
import type { Choosable, RankPorts } from "./rank.ts";
import { type RouteRules, type Strategy, strategies, strategyNamed } from "./shapes.ts";

const usd = 1e9;
const target = (name: string, more: Partial<Choosable> = {}): Choosable => ({
  name: `p/${name}`,
  provider: "p",
  model: name,
  tier: 0,
  weight: 1,
  costNanoUsd: 0.01 * usd,
  costHighNanoUsd: 0.02 * usd,
  latencyMs: 1000,
  doneMs: 1000,
  inFlight: 0,
  latencyHighMs: 2000,
  health: 0.95,
  quality: 0.8,
  answers: 100,
  price: { input: 1, output: 2 },
  ...more,
});
const rules = (strategy: Strategy, more: Partial<RouteRules> = {}): RouteRules => ({
  strategy,
  weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
  expose: "strategy",
  ...more,
});
function numbers(seed: number): () => number {
  const random = createSeededRandom(seed);
  return () => {
    const [high = 0, low = 0] = random.bytes(2);
    return (high * 256 + low) / 65_536;
  };
}
/** Without what is not given. */
const defined = (limits: Pick<RouteHints, "maxCostUsd" | "maxLatencyMs">) => ({
  ...(limits.maxCostUsd === undefined ? {} : { maxCostUsd: limits.maxCostUsd }),
  ...(limits.maxLatencyMs === undefined ? {} : { maxLatencyMs: limits.maxLatencyMs }),
});
const ports = (): RankPorts => ({ random: numbers(1), turns: new Map() });
function decided(targets: readonly Choosable[], with_: RouteRules, by = ports()) {
  const made = decide(targets, with_, by);
  if (made.kind !== "decided") throw new Error(`unsatisfiable: ${made.nearest}`);
  return made;
}
const namesOf = (targets: readonly Choosable[], with_: RouteRules): string =>
  decided(targets, with_)
    .order.map(({ model }) => model)
    .join(" ");

const cheap = target("cheap", { costNanoUsd: 0.001 * usd, latencyMs: 3000, quality: 0.7 });
const quick = target("quick", { costNanoUsd: 0.02 * usd, latencyMs: 200, quality: 0.75 });
const good = target("good", { costNanoUsd: 0.05 * usd, latencyMs: 1500, quality: 0.95 });
const all = [good, quick, cheap];

describe("strategies", () => {
  it.for<[strategy: Strategy, order: string]>([
    ["priority", "good quick cheap"],
    ["cost-optimized", "cheap quick good"],
    ["latency-based", "quick good cheap"],
    ["highest-quality", "good quick cheap"],
  ])("%s: %s", ([strategy, order]) => {
    expect(namesOf(all, rules(strategy))).toBe(order);
  });

  it("what costs about the same is ordered by time, what takes about as long by cost", () => {
    const even = [
      target("a", { costNanoUsd: 1000, latencyMs: 900 }),
      target("b", { costNanoUsd: 1015, latencyMs: 100 }),
    ];
    expect(namesOf(even, rules("cost-optimized"))).toBe("b a");
    const near = [
      target("a", { latencyMs: 100, costNanoUsd: 9 }),
      target("b", { latencyMs: 104, costNanoUsd: 1 }),
    ];
    expect(namesOf(near, rules("latency-based"))).toBe("b a");
  });

  it("a price that nobody knows is dearer than any that is known", () => {
    expect(namesOf([target("dark", { costNanoUsd: null }), good], rules("cost-optimized"))).toBe("good dark");
  });

  it.for<[weights: RouteRules["weights"], first: string]>([
    [{ cost: 1, latency: 0, health: 0, quality: 0 }, "cheap"],
    [{ cost: 0, latency: 1, health: 0, quality: 0 }, "quick"],
    [{ cost: 0, latency: 0, health: 0, quality: 1 }, "good"],
  ])("intelligent weighs: %o", ([weights, first]) => {
    expect(namesOf(all, rules("intelligent", { weights })).split(" ")[0]).toBe(first);
  });

  it("intelligent is the formula of the specification, term by term", () => {
    const pair = [
      target("a"),
      target("b", { costNanoUsd: 0.02 * usd, latencyMs: 500, health: 0.5, quality: 0.9 }),
    ];
    const offset = 0.05 * 0.015 * usd;
    const expected = (c: number, t: number, h: number, q: number): number =>
      0.4 * Math.log((c * usd + offset) / (0.01 * usd + offset)) +
      0.3 * Math.log(t / 500) -
      0.2 * Math.log(h) +
      0.1 * 10 * (0.9 - q);
    const { ranked } = decided(pair, rules("intelligent")).decision;
    const scoreOf = (model: string) => ranked.find((one) => one.model === model)?.score;
    expect(scoreOf("a")).toBeCloseTo(expected(0.01, 1000, 0.95, 0.8), 12);
    expect(scoreOf("b")).toBeCloseTo(expected(0.02, 500, 0.5, 0.9), 12);
  });

  it("intelligent leaves a target whose calls fail, all else equal", () => {
    expect(namesOf([target("sick", { health: 0.2 }), target("well")], rules("intelligent"))).toBe(
      "well sick",
    );
  });

  it("predicted asks who is done first, of those that are done about as soon one with the fewest in flight, and anybody once in a hundred requests", () => {
    const pool = [
      target("a", { doneMs: 100 }),
      target("b", { doneMs: 104 }),
      target("busy", { doneMs: 102, inFlight: 1 }),
      target("c", { doneMs: 900 }),
      target("d", { doneMs: 50, tier: 1 }),
    ];
    const by = ports();
    const seen = new Map<string, { count: number; propensity: number; explored: number }>();
    const draws = 20_000;
    for (let draw = 0; draw < draws; draw += 1) {
      const { order, decision } = decided(pool, rules("predicted"), by);
      const name = order[0]?.model ?? "";
      const known = seen.get(name) ?? { count: 0, propensity: decision.propensity, explored: 0 };
      expect(decision.propensity).toBe(known.propensity);
      const explored = known.explored + (decision.chosenBy === "explore" ? 1 : 0);
      seen.set(name, { ...known, count: known.count + 1, explored });
      expect(order).toHaveLength(5);
      expect(order[4]?.model).toBe("d");
    }
    expect([...seen.keys()].toSorted()).toEqual(["a", "b", "busy", "c"]);
    expect([...seen.values()].reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1, 9);
    for (const { count, propensity } of seen.values()) {
      const deviation = Math.sqrt(draws * propensity * (1 - propensity));
      expect(Math.abs(count - draws * propensity)).toBeLessThan(4 * deviation);
    }
    const explored = [...seen.values()].reduce((sum, one) => sum + one.explored, 0);
    expect(explored / draws).toBeCloseTo(0.01, 2);
    expect(seen.get("c")?.explored).toBe(seen.get("c")?.count);
  });

  it("weighted draws by the weights, and says with which probability", () => {
    const pool = [target("a", { weight: 3 }), target("b", { weight: 1 }), target("none", { weight: 0 })];
    const by = ports();
    const first = { a: 0, b: 0, none: 0 };
    for (let draw = 0; draw < 20_000; draw += 1) {
      const { order, decision } = decided(pool, rules("weighted"), by);
      const name = order[0]?.model as keyof typeof first;
      first[name] += 1;
      expect(decision.propensity).toBe(name === "a" ? 0.75 : 0.25);
    }
    // Three standard errors.
    expect(Math.abs(first.a / 20_000 - 0.75)).toBeLessThan(3 * Math.sqrt((0.75 * 0.25) / 20_000));
    expect(first.none).toBe(0);
  });

  it("usage-aware asks who has most left; who has told nothing is free, and of equals the cheaper is asked", () => {
    const pool = [
      target("half", { freeShare: 0.5 }),
      target("dear", { costNanoUsd: 2 * usd }),
      target("tenth", { freeShare: 0.1, costNanoUsd: 0 }),
      target("cheap", { freeShare: 1 }),
    ];
    expect(namesOf(pool, rules("usage-aware"))).toBe("cheap dear half tenth");
  });

  it("round-robin takes smooth turns by weight", () => {
    const pool = [target("a", { weight: 5 }), target("b"), target("c")];
    const by = ports();
    const turns = Array.from({ length: 7 }, () => decided(pool, rules("round-robin"), by).order[0]?.model);
    expect(turns.join("")).toBe("aabacaa");
  });

  it("a lower tier is never mixed with a later one, whatever the strategy and the figures", () => {
    const targets = fc.array(
      fc.record({
        tier: fc.nat({ max: 3 }),
        costNanoUsd: fc.option(fc.nat({ max: 1e9 })),
        latencyMs: fc.integer({ min: 1, max: 1e5 }),
        health: fc.double({ min: 0.01, max: 1, noNaN: true }),
        quality: fc.double({ min: 0, max: 1, noNaN: true }),
        weight: fc.nat({ max: 5 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(targets, fc.constantFrom(...strategies), (list, strategy) => {
        const pool = list.map((one, index) => target(`t${index}`, one));
        const { order, decision } = decided(pool, rules(strategy));
        const tiers = order.map(({ tier }) => tier);
        expect(tiers).toEqual(tiers.toSorted((left, right) => left - right));
        // A budget cannot be held with what has no price.
        const isBudgeted = strategy === "learned" && pool.some(({ costNanoUsd }) => costNanoUsd !== null);
        const asked = isBudgeted ? pool.filter(({ costNanoUsd }) => costNanoUsd !== null) : pool;
        expect(new Set(order)).toEqual(new Set(asked));
        expect(decision.ranked.every(({ score }) => Number.isFinite(score))).toBe(true);
        expect(decision.propensity).toBeGreaterThanOrEqual(0);
        expect(decision.propensity).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("says what would have put the runner-up first, and that is so", () => {
    for (const strategy of ["cost-optimized", "latency-based", "intelligent"] as const) {
      const pool = [
        target("a", { latencyMs: 500 }),
        target("b", { costNanoUsd: 0.03 * usd, latencyMs: 800 }),
      ];
      const { decision } = decided(
        pool,
        rules(strategy, { weights: { cost: 1, latency: 0, health: 0, quality: 0 } }),
      );
      const [, name, percent, what] =
        /^p\/(\w) at (\d+) % of its (cost|time)$/.exec(decision.flip ?? "") ?? [];
      expect(name).toBe("b");
      const share = (Number(percent) - 4) / 100;
      const flipped = pool.map((one) =>
        one.model === "b"
          ? {
              ...one,
              ...(what === "cost"
                ? { costNanoUsd: (one.costNanoUsd ?? 0) * share }
                : { latencyMs: one.latencyMs * share }),
            }
          : one,
      );
      expect(
        namesOf(flipped, rules(strategy, { weights: { cost: 1, latency: 0, health: 0, quality: 0 } })),
      ).toBe("b a");
    }
  });
});

describe("limits", () => {
  it.for<{ name: string; more: Partial<RouteRules>; by: string; left: string }>([
    { name: "the price", more: { maxPrice: { output: 1 } }, by: "max_price", left: "other" },
    { name: "the cost, by its upper bound", more: { maxCostUsd: 0.015 }, by: "max_cost", left: "other" },
    { name: "the time, by its upper bound", more: { maxLatencyMs: 1500 }, by: "max_latency", left: "other" },
    { name: "the quality", more: { qualityFloor: 0.85 }, by: "quality_floor", left: "other" },
  ])("refuse by $name, and say so", ({ more, by, left }) => {
    const other = target("other", {
      price: { input: 0.1, output: 0.2 },
      costHighNanoUsd: 0.01 * usd,
      latencyHighMs: 1000,
      quality: 0.9,
    });
    const { order, decision } = decided([target("a"), other], rules("priority", more));
    expect(order.map(({ model }) => model)).toEqual([left]);
    expect(decision.refused).toMatchObject([{ provider: "p", model: "a", by }]);
  });

  it("time that is only assumed refuses nobody; a price that is not known does", () => {
    expect(
      namesOf([target("new", { answers: 0, latencyHighMs: 9e9 })], rules("priority", { maxLatencyMs: 1 })),
    ).toBe("new");
    const dark = target("dark", { costNanoUsd: null, costHighNanoUsd: null, price: undefined });
    expect(decide([dark], rules("priority", { maxCostUsd: 1 }), ports()).kind).toBe("nobody");
  });

  it("that shut out everybody say what would let somebody in", () => {
    const asked = narrowed(rules("priority"), { maxCostUsd: 0.001, maxLatencyMs: 1 });
    const made = decide(all, asked ?? rules("priority"), ports());
    expect(made).toMatchObject({ kind: "nobody", nearest: "max_cost 0.02, max_latency 2000ms" });
  });

  it.for<{ name: string; own: Partial<RouteRules>; nearest: string | undefined }>([
    { name: "the request's own limit alone", own: {}, nearest: "max_cost 0.02" },
    { name: "a wider limit of the route too", own: { maxCostUsd: 0.03 }, nearest: "max_cost 0.02" },
    { name: "the route's own limit as well", own: { maxCostUsd: 0.01 }, nearest: undefined },
    { name: "another limit of the route as well", own: { maxLatencyMs: 1 }, nearest: undefined },
  ])("the client can do something about it where it is $name", ({ own, nearest }) => {
    const asked = narrowed(rules("priority", own), { maxCostUsd: 0.001 });
    expect(decide(all, asked ?? rules("priority"), ports())).toMatchObject({ kind: "nobody", nearest });
  });

  it.for<{ name: string; targets: readonly Choosable[]; latency: number; nearest: string }>([
    {
      name: "rounded up, since what is told less is refused again",
      targets: [target("a", { costHighNanoUsd: 1_234_567 })],
      latency: 10_000,
      nearest: "max_cost 0.00124",
    },
    {
      name: "of one target, not the best of two",
      targets: [target("a", { latencyHighMs: 60_000 }), target("b", { costHighNanoUsd: 0.03 * usd })],
      latency: 1000,
      nearest: "max_cost 0.03, max_latency 2000ms",
    },
    {
      name: "without the time that only one is assumed to take",
      targets: [target("a", { answers: 0, latencyHighMs: 60_000 })],
      latency: 1000,
      nearest: "max_cost 0.02",
    },
  ])("say it $name", ({ targets, latency, nearest }) => {
    const asked = narrowed(rules("priority"), { maxCostUsd: 0.001, maxLatencyMs: latency });
    expect(decide(targets, asked ?? rules("priority"), ports())).toMatchObject({ kind: "nobody", nearest });
  });

  it("let in whoever does as it is told", () => {
    const figure = fc.record({
      costHighNanoUsd: fc.option(fc.double({ min: 1, max: 3e12, noNaN: true })),
      latencyHighMs: fc.double({ min: 1, max: 1e6, noNaN: true }),
      answers: fc.constantFrom(0, 5),
      kept: fc.option(fc.constantFrom({ share: 0.1, checked: 50 }, { share: 1, checked: 50 }), {
        nil: undefined,
      }),
    });
    const limits = {
      maxCostUsd: fc.option(fc.double({ min: 1e-9, max: 1000, noNaN: true }), { nil: undefined }),
      maxLatencyMs: fc.option(fc.double({ min: 1, max: 1e5, noNaN: true }), { nil: undefined }),
    };
    fc.assert(
      fc.property(
        fc.array(figure, { minLength: 1, maxLength: 4 }),
        fc.record(limits),
        fc.record(limits),
        (figures, own, hints) => {
          const targets = figures.map((one, index) => target(`t${index}`, one));
          const base = rules("priority", { minContract: 0.5, ...defined(own) });
          const made = decide(targets, narrowed(base, hints) ?? base, ports());
          if (made.kind !== "nobody" || made.nearest === undefined || made.nearest === "") return;
          const told = new Map(
            made.nearest
              .split(", ")
              .map((part) => part.split(" "))
              .map(([name = "", value = ""]) => [`x-sallyport-${name.replace("_", "-")}`, value]),
          );
          const followed = { ...hints, ...defined(readHints((name) => told.get(name))) };
          expect(followed.maxCostUsd ?? Infinity).toBeGreaterThanOrEqual(hints.maxCostUsd ?? Infinity);
          expect(followed.maxLatencyMs ?? Infinity).toBeGreaterThanOrEqual(hints.maxLatencyMs ?? Infinity);
          expect(decide(targets, narrowed(base, followed) ?? base, ports()).kind).toBe("decided");
        },
      ),
    );
  });

  it("of the route alone are the operator's to change", () => {
    const made = decide(all, rules("priority", { maxCostUsd: 0.001 }), ports());
    expect(made).toMatchObject({ kind: "nobody", nearest: undefined });
  });

  it("a floor never empties the list: the best goes on", () => {
    const { order, decision } = decided(all, rules("cost-optimized", { qualityFloor: 0.99 }));
    expect(order.map(({ model }) => model)).toEqual(["good"]);
    expect(decision.isFloorMissed).toBe(true);
  });
});

describe("hints", () => {
  const read = (headers: Readonly<Record<string, string>>) => readHints((name) => headers[name]);

  it("narrow what the route allows, and never widen it", () => {
    const route = rules("intelligent", { maxCostUsd: 0.05, maxLatencyMs: 2000 });
    const hints = read({
      "x-sallyport-max-cost": "0.5",
      "x-sallyport-max-latency": "800ms",
      "x-sallyport-strategy": "LATENCY_BASED",
    });
    expect(narrowed(route, hints)).toMatchObject({
      strategy: "latency-based",
      maxCostUsd: 0.05,
      maxLatencyMs: 800,
    });
    expect(narrowed(undefined, {})).toBeUndefined();
    expect(narrowed(undefined, { maxCostUsd: 1 })).toMatchObject({ strategy: "priority", maxCostUsd: 1 });
  });

  it.for([
    ["x-sallyport-max-cost", "much"],
    ["x-sallyport-max-cost", "-1"],
    ["x-sallyport-max-cost", ""],
    ["x-sallyport-max-latency", "0"],
    ["x-sallyport-strategy", "best"],
  ])("that cannot be read are refused: %s: %s", ([name = "", value = ""]) => {
    expect(() => read({ [name]: value })).toThrowError(new RegExp(name));
  });

  it.for([
    ["COST_OPTIMIZED", "cost-optimized"],
    ["Lowest-Latency", "latency-based"],
    ["balanced", "intelligent"],
    ["best", undefined],
  ])("the strategy %s is %s", ([text, strategy]) => {
    expect(strategyNamed(text ?? "")).toBe(strategy);
  });
});

describe("figures", () => {
  it("learn the median and what nine of ten stay below", () => {
    const figures = createFigures();
    const next = numbers(5);
    // Log-normal: median 500 ms, deviation .4.
    for (let i = 0; i < 4000; i += 1) {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
      figures.answered("a", { firstMs: 500 * Math.exp(0.4 * normal) }, i);
    }
    const spread = figures.spreadOf("a", "first");
    expect(spread?.median).toBeGreaterThan(400);
    expect(spread?.median).toBeLessThan(620);
    expect((spread?.high ?? 0) / (spread?.median ?? 1)).toBeCloseTo(Math.exp(1.28 * 0.4), 0);
    expect(figures.spreadOf("a", "output")).toBeUndefined();
  });

  it("follow a target that has become slow within fifty answers", () => {
    const figures = createFigures();
    for (let i = 0; i < 500; i += 1) figures.answered("a", { totalMs: 100 }, i);
    for (let i = 0; i < 150; i += 1) figures.answered("a", { totalMs: 1000 }, i);
    expect(figures.spreadOf("a", "total")?.median).toBeGreaterThan(800);
  });

  it("believe in a new target, see one that fails, and forgive it with time", () => {
    const figures = createFigures();
    expect(figures.healthOf("a", 0)).toBeCloseTo(0.95, 12);
    for (let i = 0; i < 50; i += 1) figures.failed("a", 1000);
    expect(figures.healthOf("a", 1000)).toBeLessThan(0.2);
    expect(figures.healthOf("a", 600_000)).toBeGreaterThan(0.9);
  });

  it("take nothing from what is no time", () => {
    const figures = createFigures();
    for (const firstMs of [Number.NaN, Number.POSITIVE_INFINITY, -1, 0])
      figures.answered("a", { firstMs }, 0);
    expect(figures.spreadOf("a", "first")).toBeUndefined();
  });
});
