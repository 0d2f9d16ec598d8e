import { createHead, createSpending, type Head, pick } from "../../src/capabilities/routing/learned.ts";
import { type EvalResult, fileDigest, type Measured, seeded } from "./result.ts";
import { mean, type PairRow, pairRows, range, shuffled } from "./rows.ts";

const mmlu = "routellm_mmlu.jsonl.gz";
const gsm8k = "routellm_gsm8k.jsonl.gz";
const caveat =
  "RouteLLM's rows one by one in random order: only what the chosen model did is seen, nothing is known at first. Value: share of the quality gap recovered less share of calls that went to the strong model, mean over budgets of .2, .35, .5, .65 and .8; 0 is a coin.";
const shares = [0.2, 0.35, 0.5, 0.65, 0.8] as const;

interface Value {
  readonly all: number;
  readonly secondHalf: number;
}

type Chooser = (row: PairRow) => {
  readonly chosen: "weak" | "strong";
  readonly done: (quality: number) => void;
};

/** The product's own router, whose budget is a share of strong calls. */
function learned(share: number, seed: number, explore: number): Chooser {
  const heads: Readonly<Record<"weak" | "strong", Head>> = {
    weak: createHead({ prior: 0.7, random: seeded(seed + 1) }),
    strong: createHead({ prior: 0.8, random: seeded(seed + 2) }),
  };
  const spending = createSpending(share);
  const random = seeded(10 * seed + 5);
  return ({ features }) => {
    const armOf = (id: "weak" | "strong") => {
      const { mean: quality, n } = heads[id].predict(features, features.shape);
      const cost = id === "strong" ? 1 : 0;
      return { id, quality, health: 1, cost, costHigh: cost, seconds: 0, isNew: n < 20 };
    };
    const arms = [armOf("weak"), armOf("strong")] as const;
    const rules = {
      price: spending.price(),
      perRequest: share,
      credit: spending.credit(),
      perSecond: 0,
      explore,
    };
    const chosen = pick([...arms], rules, random).order[0]?.arm.id === "strong" ? "strong" : "weak";
    const cost = chosen === "strong" ? 1 : 0;
    spending.planned(arms, cost);
    return {
      chosen,
      done: (quality) => {
        spending.settled(cost, cost);
        heads[chosen].learn({ features, shape: features.shape, quality, weight: 1 });
        heads[chosen === "strong" ? "weak" : "strong"].fade();
      },
    };
  };
}

function coin(share: number, seed: number): Chooser {
  const random = seeded(seed);
  return () => ({ chosen: random() < share ? "strong" : "weak", done: () => undefined });
}

function run(rows: readonly PairRow[], choose: Chooser): Value {
  const taken = rows.map((row) => {
    const { chosen, done } = choose(row);
    done(row[chosen]);
    return { row, chosen };
  });
  const valueOf = (part: typeof taken): number => {
    const weak = mean(part.map(({ row }) => row.weak));
    const gap = mean(part.map(({ row }) => row.strong)) - weak;
    const got = mean(part.map(({ row, chosen }) => row[chosen]));
    return (got - weak) / gap - mean(part.map(({ chosen }) => (chosen === "strong" ? 1 : 0)));
  };
  return { all: valueOf(taken), secondHalf: valueOf(taken.slice(Math.floor(taken.length / 2))) };
}

/** One value a seed: the mean over the budgets. */
function values(
  rows: readonly PairRow[],
  seeds: number,
  chooser: (share: number, seed: number) => Chooser,
): readonly Value[] {
  return Array.from({ length: seeds }, (_, seed) => {
    const order = shuffled(rows, 77 + seed);
    const each = shares.map((share) => run(order, chooser(share, seed)));
    return {
      all: mean(each.map(({ all }) => all)),
      secondHalf: mean(each.map(({ secondHalf }) => secondHalf)),
    };
  });
}

function rowsOf(
  of: string,
  rows: readonly PairRow[],
  seeds: number,
  bounds: Readonly<Record<"all" | "secondHalf", readonly [must: number, aim: number]>>,
): readonly Measured[] {
  const ours = values(rows, seeds, (share, seed) => learned(share, seed, 0.02));
  const greedy = values(rows, Math.ceil(seeds / 3), (share, seed) => learned(share, seed, 0));
  const random = values(rows, Math.ceil(seeds / 3), coin);
  const names = { all: "all rows", secondHalf: "second half" } as const;
  return (["all", "secondHalf"] as const).map((part): Measured => {
    const of2 = (of3: readonly Value[]): readonly number[] => of3.map((value) => value[part]);
    return {
      name: `value, ${of}, ${names[part]}`,
      isMoreBetter: true,
      ours: mean(of2(ours)),
      range: range(of2(ours)),
      baselines: { random: mean(of2(random)), "without exploration": mean(of2(greedy)) },
      published: "-",
      must: bounds[part][0],
      aim: bounds[part][1],
    };
  });
}

/** E2: learning while choosing. */
export function evalOnline(folder: string): EvalResult {
  return {
    name: "routing-online",
    caveat,
    data: [fileDigest(folder, mmlu), fileDigest(folder, gsm8k)],
    rows: [
      ...rowsOf("MMLU", pairRows(folder, mmlu), 6, { all: [0.085, 0.11], secondHalf: [0.115, 0.14] }),
      ...rowsOf("GSM8K", pairRows(folder, gsm8k), 20, { all: [0.03, 0.05], secondHalf: [0.055, 0.08] }),
    ],
  };
}
