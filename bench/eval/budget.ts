import {
  type AmountHead,
  type Arm,
  createAmountHead,
  createHead,
  createSpending,
  type Head,
  pick,
  type Spending,
} from "../../src/capabilities/routing/learned.ts";
import { type EvalResult, fileDigest, type Measured, seeded } from "./result.ts";
import { folds, mean, type PricedRow, pricedRows, range, shuffled } from "./rows.ts";

const three = "paretobandit_val.jsonl.gz";
const four = "paretobandit_val_k4.jsonl.gz";
const caveat =
  "ParetoBandit's validation rows (Apache-2.0), three models and a judge's reward; what is known at first is learned from one half, the other half is the stream. Published figures are the authors' on their own test prompts.";
const seeds = 10;

/** What is known of each model, and the budget. */
interface Router {
  readonly names: readonly string[];
  readonly heads: ReadonlyMap<string, Head>;
  readonly costs: ReadonlyMap<string, AmountHead>;
  readonly spending: Spending;
  readonly random: () => number;
  /** How often each was asked. */
  readonly asked: Map<string, number>;
}

type Told = PricedRow["arms"][string];

function armsOf({ names, heads, costs, asked }: Router, { features }: PricedRow): readonly Arm[] {
  return names.map((id) => {
    const quality = heads.get(id)?.predict(features, features.shape) ?? { mean: 0.8, n: 0 };
    const cost = costs.get(id)?.predict(features)?.mean ?? 1e-3;
    return {
      id,
      quality: quality.mean,
      health: 1,
      cost,
      costHigh: 2 * cost,
      seconds: 0,
      isNew: quality.n < 20,
      isUnasked: (asked.get(id) ?? 0) < 20,
    };
  });
}

function learn(router: Router, row: PricedRow, id: string, [quality, usd]: Told): void {
  const { features } = row;
  router.heads.get(id)?.learn({ features, shape: features.shape, quality, weight: 1 });
  router.costs.get(id)?.learn(features, usd);
}

/** A router that has seen what every model makes of `known`, and has its price from there. */
function prepared(
  names: readonly string[],
  known: readonly PricedRow[],
  budget: number,
  seed: number,
): Router {
  const parts = {
    names,
    heads: new Map(names.map((name) => [name, createHead({ prior: 0.8, random: seeded(seed + 3) })])),
    costs: new Map(names.map((name) => [name, createAmountHead()])),
    random: seeded(seed + 9),
    asked: new Map(names.map((name) => [name, known.length])),
  };
  const rehearsal: Router = { ...parts, spending: createSpending(budget / 2) };
  for (const row of known)
    for (const name of names) {
      const told = row.arms[name];
      if (told !== undefined) learn(rehearsal, row, name, told);
    }
  for (const row of known) rehearsal.spending.planned(armsOf(rehearsal, row), 0);
  rehearsal.spending.setBudget(budget);
  const { price } = rehearsal.spending.state();
  return {
    ...parts,
    spending: createSpending(budget, { perRequest: budget, price, credit: 20 * budget }),
  };
}

/** One request; what the chosen model was worth and cost. */
function serve(router: Router, row: PricedRow, told: (id: string) => Told | undefined): Told {
  const { spending, random } = router;
  const [first, ...others] = armsOf(router, row);
  if (first === undefined) throw new Error("there are no models");
  const rules = {
    price: spending.price(),
    perRequest: spending.perRequest(),
    credit: spending.credit(),
    perSecond: 0,
    explore: 0.01,
  };
  const chosen = pick([first, ...others], rules, random).order[0]?.arm ?? first;
  const outcome = told(chosen.id) ?? [0, 0];
  router.asked.set(chosen.id, (router.asked.get(chosen.id) ?? 0) + 1);
  spending.planned([first, ...others], chosen.costHigh);
  spending.settled(outcome[1], chosen.costHigh);
  learn(router, row, chosen.id, outcome);
  for (const name of router.names) if (name !== chosen.id) router.heads.get(name)?.fade();
  return outcome;
}

interface Spent {
  readonly reward: number;
  /** Over the budget. */
  readonly cost: number;
}

const spentOf = (outcomes: readonly Told[], budget: number): Spent => ({
  reward: mean(outcomes.map(([reward]) => reward)),
  cost: mean(outcomes.map(([, usd]) => usd)) / budget,
});

/** Both ways over one shuffle. */
function bothWays(rows: readonly PricedRow[], budget: number, seed: number): Spent {
  const names = Object.keys(rows[0]?.arms ?? {});
  const [left = [], right = []] = folds(shuffled(rows, 300 + seed), 2);
  const outcomes = [
    [left, right],
    [right, left],
  ].flatMap(([known = [], stream = []]) => {
    const router = prepared(names, known, budget, seed);
    return stream.map((row) => serve(router, row, (id) => row.arms[id]));
  });
  return spentOf(outcomes, budget);
}

/** The best mixture of two models that knows every mean: what a fixed share could reach. */
function staticMixture(rows: readonly PricedRow[], budget: number): number {
  const points = Object.keys(rows[0]?.arms ?? {}).map((name) => ({
    reward: mean(rows.map(({ arms }) => arms[name]?.[0] ?? 0)),
    usd: mean(rows.map(({ arms }) => arms[name]?.[1] ?? 0)),
  }));
  return Math.max(
    ...points.filter(({ usd }) => usd <= budget).map(({ reward }) => reward),
    ...points.flatMap((cheap) =>
      points
        .filter(({ usd }) => cheap.usd < budget && usd > budget)
        .map((dear) => {
          const share = (budget - cheap.usd) / (dear.usd - cheap.usd);
          return cheap.reward + share * (dear.reward - cheap.reward);
        }),
    ),
  );
}

const phaseLength = 440;

/** Three phases, in the second of which one model is worse; the third repeats the first's rows. */
function phases(rows: readonly PricedRow[], budget: number, seed: number): readonly Spent[] {
  const names = Object.keys(rows[0]?.arms ?? {});
  const order = shuffled(rows, 500 + seed);
  const first = order.slice(0, phaseLength);
  const second = order.slice(phaseLength, 2 * phaseLength);
  const router = prepared(names, order.slice(2 * phaseLength), budget, seed);
  const fallen = names.find((name) => name.includes("mistral-large")) ?? "";
  const drop = mean(second.map(({ arms }) => arms[fallen]?.[0] ?? 0)) - 0.75;
  const worse = (row: PricedRow, id: string): Told | undefined => {
    const told = row.arms[id];
    if (told === undefined || id !== fallen) return told;
    return [Math.max(0, Math.min(1, told[0] - drop)), told[1]];
  };
  return [
    first.map((row) => serve(router, row, (id) => row.arms[id])),
    second.map((row) => serve(router, row, (id) => worse(row, id))),
    first.map((row) => serve(router, row, (id) => row.arms[id])),
  ].map((outcomes) => spentOf(outcomes, budget));
}

/** Requests before the new model comes, and after. */
const comesAfter = 440;
const watched = 440;
const known20 = 20;

interface Onboarding extends Spent {
  /** From its coming until it has been asked twenty times. */
  readonly requests: number;
}

/** A good model comes to three that are known. */
function onboarding(rows: readonly PricedRow[], budget: number, seed: number): Onboarding {
  const names = Object.keys(rows[0]?.arms ?? {});
  const fresh = names.find((name) => name.includes("flash")) ?? "";
  const order = shuffled(rows, 700 + seed);
  const before = names.filter((name) => name !== fresh);
  const router = prepared(before, order.slice(comesAfter + watched), budget, seed);
  for (const row of order.slice(0, comesAfter)) serve(router, row, (id) => row.arms[id]);
  const grown: Router = {
    ...router,
    names,
    heads: new Map([...router.heads, [fresh, createHead({ prior: 0.8, random: seeded(seed + 3) })]]),
    costs: new Map([...router.costs, [fresh, createAmountHead()]]),
  };
  let requests = 0;
  const outcomes = order.slice(comesAfter, comesAfter + watched).map((row) => {
    if ((grown.asked.get(fresh) ?? 0) < known20) requests += 1;
    return serve(grown, row, (id) => row.arms[id]);
  });
  return { requests, ...spentOf(outcomes, budget) };
}

const budgets = [
  [8.3e-5, 0.813, 0.828, 0.84],
  [2.34e-4, 0.859, 0.887, 0.892],
  [3.0e-4, 0.863, 0.905, 0.908],
  [6.5e-4, 0.898, 0.925, 0.929],
  [1.7e-3, 0.917, 0.926, 0.931],
  [4.7e-3, 0.924, 0.93, 0.936],
] as const;

const shifts = [
  ["tight", 3.0e-4, 0.8, 0.795],
  ["moderate", 6.6e-4, 0.8, 0.8],
  ["loose", 1.9e-3, 0.815, 0.794],
] as const;

/** E3: a budget kept while learning, also when a model turns worse. */
export function evalBudget(folder: string): EvalResult {
  const rows = pricedRows(folder, three);
  const each = Array.from({ length: seeds }, (_, seed) => seed);
  const kept = budgets.flatMap(([budget, published, must, aim]): readonly Measured[] => {
    const runs = each.map((seed) => bothWays(rows, budget, seed));
    const rewards = runs.map(({ reward }) => reward);
    const costs = runs.map(({ cost }) => cost);
    const usd = budget.toPrecision(2);
    return [
      {
        name: `reward at ${usd} USD a request`,
        isMoreBetter: true,
        ours: mean(rewards),
        range: range(rewards),
        baselines: { "static mixture": staticMixture(rows, budget) },
        published: `ParetoBandit ${published}`,
        must,
        aim,
      },
      {
        name: `spent of it, at ${usd}`,
        ours: mean(costs),
        range: range(costs),
        baselines: {},
        published: "-",
        must: 1 + 20 / (rows.length / 2),
        aim: 1.01,
      },
    ];
  });
  const shifted = shifts.flatMap(([name, budget, must, published]): readonly Measured[] => {
    const runs = each.map((seed) => phases(rows, budget, seed));
    const rewards = (phase: number): readonly number[] => runs.map((run) => run[phase]?.reward ?? 0);
    const [first, second, third] = [rewards(0), rewards(1), rewards(2)];
    return [
      {
        name: `reward while a model is worse, ${name}`,
        isMoreBetter: true,
        ours: mean(second),
        range: range(second),
        baselines: { before: mean(first) },
        published: `ParetoBandit ${published}`,
        must,
        aim: 0.82,
      },
      {
        name: `reward after it has healed, ${name}`,
        isMoreBetter: true,
        ours: mean(third),
        range: range(third),
        baselines: { before: mean(first) },
        published: "-",
        must: mean(first) - 0.01,
        aim: mean(first),
      },
    ];
  });
  const grown = pricedRows(folder, four);
  const come = shifts.map(([name, budget]): Measured => {
    const runs = each.map((seed) => onboarding(grown, budget, seed));
    const requests = runs.map((run) => run.requests);
    return {
      name: `requests until a model that has come was asked 20 times, ${name}`,
      ours: mean(requests),
      range: range(requests),
      baselines: { "reward meanwhile": mean(runs.map(({ reward }) => reward)) },
      published: "ParetoBandit 142 until it is adopted",
      must: 100,
      aim: 60,
    };
  });
  return {
    name: "budget",
    caveat,
    data: [fileDigest(folder, three), fileDigest(folder, four)],
    rows: [...kept, ...shifted, ...come],
  };
}
