import { createHead, type Features, type Head } from "../../src/capabilities/routing/learned.ts";
import { type EvalResult, fileDigest, type Measured, seeded } from "./result.ts";
import { folds, mean, type PairRow, pairRows, range, shuffled } from "./rows.ts";

const mmlu = "routellm_mmlu.jsonl.gz";
const gsm8k = "routellm_gsm8k.jsonl.gz";
const caveat =
  "RouteLLM's rows (Apache-2.0): Mixtral-8x7B beside GPT-4-1106; published figures are over all 14,037 and 1,307 prompts, those of GSM8K without labels of its domain. The traits' scales and the heads' constants were set by a few coarse looks at these rows.";

/** A row with how much better the strong model is expected to be. */
interface Ranked {
  readonly row: PairRow;
  readonly score: number;
}

interface Curve {
  /** Area under the share of the quality gap recovered, over the share of calls that go to the strong model. */
  readonly apgr: number;
  /** The least share of strong calls that recovers half of the gap. */
  readonly cpt50: number;
}

function curveOf(ranked: readonly Ranked[]): Curve {
  const order = ranked.toSorted((one, other) => other.score - one.score);
  const weak = mean(order.map(({ row }) => row.weak));
  const gap = mean(order.map(({ row }) => row.strong)) - weak;
  let gained = 0;
  let area = 0;
  let before = 0;
  let cpt50 = 1;
  for (const [index, { row }] of order.entries()) {
    gained += (row.strong - row.weak) / order.length;
    const recovered = gained / gap;
    area += (recovered + before) / 2 / order.length;
    if (cpt50 === 1 && recovered >= 0.5) cpt50 = (index + 1) / order.length;
    before = recovered;
  }
  return { apgr: area, cpt50 };
}

function taught(rows: readonly PairRow[], of: "weak" | "strong"): Head {
  const head = createHead({ prior: of === "weak" ? 0.7 : 0.8, random: seeded(3) });
  for (const row of rows)
    head.learn({ features: row.features, shape: row.features.shape, quality: row[of], weight: 1 });
  return head;
}

type Method = (train: readonly PairRow[]) => (row: PairRow) => number;

const quality = (head: Head, { features }: PairRow): number => head.predict(features, features.shape).mean;

const twoHeads: Method = (train) => {
  const [weak, strong] = [taught(train, "weak"), taught(train, "strong")];
  return (row) => quality(strong, row) - quality(weak, row);
};

const weakOnly: Method = (train) => {
  const weak = taught(train, "weak");
  return (row) => -quality(weak, row);
};

const bySubject: Method = (train) => {
  const gains = new Map<string, number[]>();
  for (const { subject, strong, weak } of train)
    gains.set(subject, [...(gains.get(subject) ?? []), strong - weak]);
  const overall = mean(train.map(({ strong, weak }) => strong - weak));
  return ({ subject }) => {
    const own = gains.get(subject) ?? [];
    return (own.reduce((sum, gain) => sum + gain, 0) + 5 * overall) / (own.length + 5);
  };
};

/** The gain of the 40 most similar prompts, by the words they share. */
const nearest: Method = (train) => (row) => {
  const words = new Set(row.features.words);
  const near = train
    .map((other) => ({ other, likeness: likeness(words, other.features) }))
    .toSorted((one, next) => next.likeness - one.likeness)
    .slice(0, 40);
  return mean(near.map(({ other }) => other.strong - other.weak));
};

function likeness(words: ReadonlySet<number>, { words: others }: Features): number {
  let shared = 0;
  for (const word of others) if (words.has(word)) shared += 1;
  return shared / Math.sqrt(Math.max(1, words.size) * Math.max(1, others.length));
}

const tested = (method: Method, train: readonly PairRow[], test: readonly PairRow[]): readonly Ranked[] => {
  const score = method(train);
  return test.map((row) => ({ row, score: score(row) }));
};

/** Learned from 1,500 rows, tested on the rest. */
const fewLabels = (rows: readonly PairRow[], method: Method, splits: number): readonly Curve[] =>
  Array.from({ length: splits }, (_, split) => {
    const order = shuffled(rows, 100 + split);
    return curveOf(tested(method, order.slice(0, 1500), order.slice(1500)));
  });

/** Each fold tested by what was learned from the others. */
function crossed(
  rows: readonly PairRow[],
  method: Method,
  count: number,
  seed: number,
): readonly (readonly Ranked[])[] {
  const parts = folds(shuffled(rows, seed), count);
  return parts.map((test, at) => tested(method, parts.toSpliced(at, 1).flat(), test));
}

const apgrs = (curves: readonly Curve[]): readonly number[] => curves.map(({ apgr }) => apgr);

/** E1: two heads learned offline; the difference of what they expect decides. */
export function evalRouting(folder: string): EvalResult {
  const rows = pairRows(folder, mmlu);
  const few = fewLabels(rows, twoHeads, 10);
  const many = [55, 56].flatMap((seed) => crossed(rows, twoHeads, 5, seed).map(curveOf));
  const small = pairRows(folder, gsm8k);
  const pooled = Array.from({ length: 10 }, (_, seed) =>
    curveOf(crossed(small, twoHeads, 10, 200 + seed).flat()),
  );
  const one = (method: Method): number => mean(apgrs(fewLabels(rows, method, 3)));
  const fewRow: Measured = {
    name: "APGR, MMLU, 1,500 labels",
    isMoreBetter: true,
    ours: mean(apgrs(few)),
    range: range(apgrs(few)),
    baselines: {
      random: 0.5,
      "weak head only": one(weakOnly),
      "40 nearest prompts": mean(apgrs(fewLabels(rows.slice(0, 7093), nearest, 1))),
      "means of subjects": one(bySubject),
    },
    published: "RouteLLM .603",
    must: 0.645,
    aim: 0.66,
  };
  return {
    name: "routing",
    caveat,
    data: [fileDigest(folder, mmlu), fileDigest(folder, gsm8k)],
    rows: [
      fewRow,
      {
        name: "share of strong calls for half the gap, MMLU, 1,500 labels",
        ours: mean(few.map(({ cpt50 }) => cpt50)),
        range: range(few.map(({ cpt50 }) => cpt50)),
        baselines: { random: 0.5 },
        published: "RouteLLM .354",
        must: 0.309,
        aim: 0.29,
      },
      {
        name: "APGR, MMLU, five folds",
        isMoreBetter: true,
        ours: mean(apgrs(many)),
        range: range(apgrs(many)),
        baselines: { "means of subjects": mean(apgrs(crossed(rows, bySubject, 5, 55).map(curveOf))) },
        published: "RouteLLM .603",
        must: 0.665,
        aim: 0.7,
      },
      {
        name: "APGR, GSM8K, ten folds pooled",
        isMoreBetter: true,
        ours: mean(apgrs(pooled)),
        range: range(apgrs(pooled)),
        baselines: { "weak head only": curveOf(crossed(small, weakOnly, 10, 200).flat()).apgr },
        published: "RouteLLM .622",
        must: 0.57,
        aim: 0.62,
      },
    ],
  };
}
