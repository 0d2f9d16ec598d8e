import { createAmountHead } from "../../src/capabilities/routing/learned.ts";
import { type EvalResult, fileDigest, type Measured } from "./result.ts";
import { mean, type PricedRow, pricedRows, range, shuffled } from "./rows.ts";

const file = "paretobandit_val_k4.jsonl.gz";
const caveat =
  "ParetoBandit's validation rows (Apache-2.0): the cost of each answer, learned from the prompt, with a bound that nine of ten stay below; 1,100 rows come before, 666 are scored, five orders. The bound's sum is held against the cost's.";
const orders = 5;
const scoredFrom = 1100;

interface Told {
  readonly coverage: number;
  readonly bound: number;
  readonly error: number;
}

function told(rows: readonly PricedRow[], model: string): Told {
  const head = createAmountHead();
  const scored: { readonly cost: number; readonly high: number; readonly median: number }[] = [];
  for (const [index, { features, arms }] of rows.entries()) {
    const cost = arms[model]?.[1] ?? 0;
    const expected = head.predict(features);
    if (index >= scoredFrom && expected !== undefined)
      scored.push({ cost, high: expected.high ?? Number.POSITIVE_INFINITY, median: expected.median });
    head.learn(features, cost);
  }
  const errors = scored
    .map(({ cost, median }) => Math.abs(median - cost) / cost)
    .toSorted((left, right) => left - right);
  return {
    coverage: mean(scored.map(({ cost, high }) => (cost <= high ? 1 : 0))),
    bound: mean(scored.map(({ high }) => high)) / mean(scored.map(({ cost }) => cost)),
    error: errors[errors.length >> 1] ?? Number.NaN,
  };
}

/** The bound that is one number for all prompts: the 90th percentile of the rows before. */
function constantBound(rows: readonly PricedRow[], model: string): number {
  const costOf = ({ arms }: PricedRow): number => arms[model]?.[1] ?? 0;
  const known = rows
    .slice(0, scoredFrom)
    .map(costOf)
    .toSorted((left, right) => left - right);
  return (known[Math.floor(0.9 * known.length)] ?? 0) / mean(rows.slice(scoredFrom).map(costOf));
}

/** E5: what an answer will cost, and at most. */
export function evalConformal(folder: string): EvalResult {
  const rows = pricedRows(folder, file);
  const models = Object.keys(rows[0]?.arms ?? {});
  const each = models.map((model) => {
    const runs = Array.from({ length: orders }, (_, order) => shuffled(rows, 900 + order));
    return {
      model,
      runs: runs.map((run) => told(run, model)),
      constant: mean(runs.map((run) => constantBound(run, model))),
    };
  });
  const coverages = each.map(({ model, runs }): Measured => {
    const found = runs.map(({ coverage }) => coverage);
    return {
      name: `distance of the coverage from .9, ${model}`,
      ours: Math.abs(mean(found) - 0.9),
      range: range(found.map((coverage) => Math.abs(coverage - 0.9))),
      baselines: {},
      published: "-",
      must: 0.01,
      aim: 0.005,
    };
  });
  const bounds = each.map(({ runs }) => mean(runs.map(({ bound }) => bound)));
  const errors = each.map(({ runs }) => mean(runs.map(({ error }) => error)));
  return {
    name: "conformal",
    caveat,
    data: [fileDigest(folder, file)],
    rows: [
      ...coverages,
      {
        name: "bound over cost, mean of the models",
        ours: mean(bounds),
        range: range(bounds),
        baselines: { "one bound for all prompts": mean(each.map(({ constant }) => constant)) },
        published: "-",
        must: 1.47,
        aim: 1.35,
      },
      {
        name: "median relative error, mean of the models",
        ours: mean(errors),
        range: range(errors),
        baselines: {},
        published: "-",
        must: 0.24,
        aim: 0.2,
      },
    ],
  };
}
