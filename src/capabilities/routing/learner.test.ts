import { describe, expect, it } from "vitest";
import { createLearner, type Ended } from "./learner.ts";
import type { LearnedChoice } from "./route-memory.ts";

const target = (model: string, costNanoUsd: number, quality: number) => ({
  ...{ name: `p/${model}`, provider: "p", model, tier: 0, weight: 1, price: undefined, quality },
  ...{ latencyMs: 100, latencyHighMs: 200, doneMs: 200, inFlight: 0, health: 1, answers: 100 },
  ...{ costNanoUsd, costHighNanoUsd: 2 * costNanoUsd },
});
const rules = {
  strategy: "learned",
  weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
  budget: { perRequestUsd: 0.1 },
  explore: 0,
  cascade: "auto",
  expose: "strategy",
} as const;
const request = { requestId: "1", route: "pool", keyId: "key", looks: undefined };
const answer = (model: string, more: Partial<Ended> = {}): Ended => ({
  requestId: "1",
  target: { name: `p/${model}`, model },
  isWhole: true,
  costNanoUsd: 1,
  outputTokens: undefined,
  isSound: undefined,
  isKept: true,
  broken: [],
  ...more,
});

/** A request of which a small model is asked first, on trial or alone, and what became of it. */
function judged(ended: Ended, { isCascade, thumb = 0 }: { isCascade: boolean; thumb?: number }) {
  const learner = createLearner({ now: () => 0, random: () => 0.5, onShift: () => undefined });
  const memory = learner.routeOf("pool");
  const [small, large] = [target("small", 1e6, 0.855), target("large", 1e8, 0.92)];
  for (const { model, quality } of [small, large]) memory.quality(model, quality, undefined);
  const choice: LearnedChoice = memory.choose(
    { rules, features: undefined, isCritical: false, cascadeWithinMs: isCascade ? 60_000 : undefined },
    isCascade ? [small, large] : [small],
  );
  expect(choice.order[0]?.arm.id).toBe("p/small");
  expect(choice.cascade !== undefined).toBe(isCascade);
  learner.took(request, rules, choice);
  learner.ended(ended);
  const told = learner.judge({ ...request, metric: "thumb", quality: thumb, replaces: false });
  const kept = memory.kept();
  return {
    kind: told.kind,
    judgements: Object.fromEntries(memory.state().arms.map(({ model, n }) => [model, n])),
    contracts: Object.fromEntries(kept.contracts ?? []),
    rescues: Object.fromEntries(kept.rescues ?? []),
    logged: learner.reevaluate("pool", { kind: "cheapest" }, 0).decisions,
  };
}

describe("a judgement", () => {
  it("of an answer that holds its contract teaches what that model is worth", () => {
    expect(judged(answer("small"), { isCascade: false })).toMatchObject({
      judgements: { small: 1, large: 0 },
      contracts: { small: { sum: 1, count: 1 } },
      logged: 1,
    });
  });

  it("of a pair of two is no judgement of the choice of one", () => {
    expect(judged(answer("small"), { isCascade: true })).toMatchObject({
      judgements: { small: 1 },
      logged: 0,
    });
  });

  it("of an answer that breaks its contract teaches nothing more", () => {
    expect(judged(answer("small", { isKept: false, isSound: false }), { isCascade: false })).toMatchObject({
      kind: "learned",
      judgements: { small: 0, large: 0 },
      contracts: { small: { sum: 0, count: 1 } },
    });
  });

  it("of an answer after another's failure tells how good it is then, and nothing of other requests", () => {
    const rescued = answer("large", { broken: ["small"] });
    expect(judged(rescued, { isCascade: true })).toMatchObject({
      judgements: { small: 0, large: 0 },
      contracts: { small: { sum: 0, count: 1 } },
      rescues: { large: { sum: 0, count: 1 } },
    });
    expect(judged(rescued, { isCascade: true, thumb: 1 }).rescues).toEqual({ large: { sum: 1, count: 1 } });
    const failed = answer("large", { broken: ["small"], isKept: false });
    expect(judged(failed, { isCascade: true, thumb: 1 }).rescues).toEqual({ large: { sum: 0, count: 1 } });
  });

  it.each([
    [
      "of who asked and of a judge count together",
      [
        ["judge", 0.7],
        ["thumb", 1],
      ],
      1.5,
    ],
    [
      "of who asked counts whole, the next half",
      [
        ["thumb", 1],
        ["score", 1],
        ["quality", 1],
      ],
      1.5,
    ],
    ["of a judge is worth less than a word", [["judge", 0.7]], 0.7],
    ["that is a guess is worth little", [["asked-again", 0.2]], 0.2],
  ] as const)("%s", (_what, told, weight) => {
    const learner = createLearner({ now: () => 0, random: () => 0.5, onShift: () => undefined });
    const memory = learner.routeOf("pool");
    const small = target("small", 1e6, 0.9);
    memory.quality("small", 0.9, undefined);
    learner.took(request, rules, memory.choose({ rules, features: undefined, isCritical: false }, [small]));
    learner.ended(answer("small"));
    for (const [metric, worth] of told)
      learner.judge({
        ...request,
        ...{ metric, quality: 1, replaces: false },
        ...(worth === 1 ? {} : { weight: worth }),
      });
    expect(memory.state().arms[0]?.n).toBeCloseTo(weight, 2);
  });
});
