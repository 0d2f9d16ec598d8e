import {
  type Choosable,
  createRouteMemory,
  type Features,
  reservedOf,
} from "../../src/capabilities/routing/learned.ts";
import type { Call } from "../../src/exchange/call.ts";
import type { Contract } from "../../src/exchange/contract.ts";
import type { Part } from "../../src/exchange/part.ts";
import { contractOf } from "../../src/pipeline/contract.ts";
import { createSchemaChecker } from "../../src/platform/ajv/index.ts";
import { type EvalResult, fileDigest, type Measured, seeded } from "./result.ts";
import { mean, pairRows, pricedRows, range, shuffled } from "./rows.ts";

const pareto = "paretobandit_val.jsonl.gz";
const mmlu = "routellm_mmlu.jsonl.gz";
const caveat =
  "Made from recorded outcomes: whose answer is right comes from the rows (MMLU: as recorded, the strong model costing a hundred times the weak one; ParetoBandit: drawn once with the judge's reward, recorded costs). An answer that is wrong is given, in four of five cases, as a tool call that breaks its contract, which the product's own checks have to find; the fifth is a valid call and wrong. One by one in random order: MMLU from a cold start, ParetoBandit with one half known at first, as in `budget`; a quarter of the best model's cost as the budget.";
const seeds = 5;
const budgetShare = 0.25;
const seenShare = 0.8;

/** What one model would answer, and what that costs. */
interface Outcome {
  readonly isRight: boolean;
  readonly parts: readonly Part[];
  readonly usd: number;
}
interface Row {
  readonly features: Features;
  readonly outcomes: Readonly<Record<string, Outcome>>;
}

const call: Call = {
  source: "openai-chat",
  model: "pool",
  instructions: [],
  turns: [],
  tools: [
    {
      kind: "function",
      name: "answer",
      parameters: {
        type: "object",
        properties: { choice: { enum: ["A", "B", "C", "D"] }, sure: { type: "number" } },
        required: ["choice"],
        additionalProperties: false,
      },
    },
  ],
  sampling: {},
  isStream: false,
  wantsUsage: false,
  extensions: new Map(),
};
const toolCall = (name: string, argumentsText: string): readonly Part[] => [
  { kind: "tool-call", id: "1", name, argumentsText },
];
const valid = toolCall("answer", '{"choice":"A","sure":0.9}');
const broken: readonly (readonly Part[])[] = [
  toolCall("anser", '{"choice":"A"}'),
  toolCall("answer", '{"choice":"A"'),
  toolCall("answer", '{"choice":"E"}'),
  toolCall("answer", '{"sure":1}'),
  toolCall("answer", '{"choice":"A","why":"so"}'),
  [],
];

function outcomeOf(isRight: boolean, usd: number, random: () => number): Outcome {
  const isSeen = random() < seenShare;
  const fault = broken[Math.floor(random() * broken.length)] ?? [];
  return { isRight, usd, parts: isRight || !isSeen ? valid : fault };
}

function mmluRows(folder: string, seed: number): readonly Row[] {
  const random = seeded(900 + seed);
  return pairRows(folder, mmlu).map(({ features, weak, strong }) => ({
    features,
    outcomes: {
      weak: outcomeOf(weak === 1, 1e-5, random),
      strong: outcomeOf(strong === 1, 1e-3, random),
    },
  }));
}

function paretoRows(folder: string, seed: number): readonly Row[] {
  const random = seeded(950 + seed);
  return pricedRows(folder, pareto).map(({ features, arms }) => ({
    features,
    outcomes: Object.fromEntries(
      Object.entries(arms).map(([name, [reward, usd]]) => [name, outcomeOf(random() < reward, usd, random)]),
    ),
  }));
}

interface Came {
  readonly accuracy: number;
  readonly usd: number;
}

type Chooser = (row: Row) => { readonly isRight: boolean; readonly usd: number };

function run(rows: readonly Row[], choose: Chooser): Came {
  const came = rows.map(choose);
  return {
    accuracy: mean(came.map(({ isRight }) => (isRight ? 1 : 0))),
    usd: mean(came.map(({ usd }) => usd)),
  };
}

interface Halves {
  readonly known: readonly Row[];
  readonly rows: readonly Row[];
}

const nano = 1e9;

/** The product's own memory of a route, with the mean costs that a price list would give it. */
function learned(
  { known, rows }: Halves,
  contract: Contract,
  { seed, cascade }: { readonly seed: number; readonly cascade: "auto" | "off" },
): Chooser {
  const memory = createRouteMemory(seeded(seed));
  const names = Object.keys(rows[0]?.outcomes ?? {});
  const learn = (name: string, { features }: Row, told: Outcome): void =>
    void memory.judged(name, { features, shape: features.shape, quality: told.isRight ? 1 : 0, weight: 1 });
  for (const row of known)
    for (const [name, told] of Object.entries(row.outcomes)) {
      memory.quality(name, 0.8, row.features);
      memory.checked(name, keeps(contract, told));
      if (keeps(contract, told)) learn(name, row, told);
    }
  const costs = new Map(names.map((name) => [name, nano * meanUsd(rows, name)]));
  const rules = {
    strategy: "learned",
    weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
    budget: { ofReference: budgetShare },
    expose: "strategy",
    cascade,
  } as const;
  return (row) => {
    const { features } = row;
    const targets = names.map((name) => targetOf(name, costs.get(name) ?? 0, memory, features));
    const request = { rules, features, isCritical: false, cascadeWithinMs: 60_000 };
    const choice = memory.choose(request, someOf(targets));
    memory.took(rules, choice);
    const [first = "", second = ""] = choice.order.map(({ arm }) => arm.id);
    const answer = outcomeIn(row, first);
    const isKept = keeps(contract, answer);
    memory.checked(first, isKept);
    const after = !isKept && choice.cascade !== undefined ? outcomeIn(row, second) : undefined;
    const usd = answer.usd + (after?.usd ?? 0);
    memory.settled(usd * nano, reservedOf(choice));
    if (after !== undefined) {
      const isGood = keeps(contract, after) && after.isRight;
      memory.rescued(second, { sum: isGood ? 1 : 0, count: 1 });
    } else if (isKept) learn(first, row, answer);
    return { isRight: (after ?? answer).isRight, usd };
  };
}

/** As the gateway would have it, had it seen a hundred answers. */
function targetOf(
  name: string,
  costNanoUsd: number,
  memory: ReturnType<typeof createRouteMemory>,
  features: Features,
): Choosable {
  return {
    ...{ name, provider: "p", model: name, tier: 0, weight: 1, price: undefined },
    ...{ latencyMs: 100, latencyHighMs: 200, doneMs: 200, inFlight: 0, health: 1, answers: 100 },
    costNanoUsd,
    costHighNanoUsd: 2 * costNanoUsd,
    quality: memory.keeps(name) * memory.quality(name, 0.8, features).mean,
  };
}

function someOf<One>([first, ...others]: readonly One[]): readonly [One, ...One[]] {
  if (first === undefined) throw new Error("there is nobody to choose from");
  return [first, ...others];
}

function outcomeIn({ outcomes }: Row, name: string): Outcome {
  const outcome = outcomes[name];
  if (outcome === undefined) throw new Error(`nobody is called ${name}`);
  return outcome;
}

const keeps = (contract: Contract, { parts }: Outcome): boolean =>
  contract.faultOf({ parts, finish: { reason: "tool-calls", raw: "tool_calls" } }) === undefined;

const meanUsd = (rows: readonly Row[], name: string): number =>
  mean(rows.map(({ outcomes }) => outcomes[name]?.usd ?? 0));

const only =
  (name: string): Chooser =>
  ({ outcomes }) =>
    outcomes[name] ?? { isRight: false, usd: 0 };

/** The cheapest first, always, and the best when its answer breaks the contract. */
const always =
  (contract: Contract, cheap: string, best: string): Chooser =>
  ({ outcomes }) => {
    const [first, second] = [outcomes[cheap], outcomes[best]];
    if (first === undefined || second === undefined) return { isRight: false, usd: 0 };
    return keeps(contract, first) ? first : { isRight: second.isRight, usd: first.usd + second.usd };
  };

interface Source {
  readonly bestName: string;
  /** How much of it is known at first. */
  readonly knownShare: number;
  readonly rowsFor: (seed: number) => readonly Row[];
}

function rowsOf(
  of: string,
  { bestName, knownShare, rowsFor }: Source,
  contract: Contract,
): readonly Measured[] {
  const each = Array.from({ length: seeds }, (_, seed) => {
    const all = shuffled(rowsFor(seed), 700 + seed);
    const halves = { known: all.slice(0, all.length * knownShare), rows: all.slice(all.length * knownShare) };
    const { rows } = halves;
    const names = Object.keys(rows[0]?.outcomes ?? {});
    const singles = names.map((name) => ({ name, ...run(rows, only(name)) }));
    const best = singles.find(({ name }) => name === bestName) ?? singles[0];
    if (best === undefined) throw new Error("there is nobody to choose from");
    const cheap = singles.reduce((one, other) => (other.usd < one.usd ? other : one));
    const beside = (came: Came): Came => ({
      accuracy: came.accuracy - best.accuracy,
      usd: came.usd / best.usd,
    });
    return {
      ours: beside(run(rows, learned(halves, contract, { seed, cascade: "auto" }))),
      always: beside(run(rows, always(contract, cheap.name, best.name))),
      alone: beside(run(rows, learned(halves, contract, { seed, cascade: "off" }))),
    };
  });
  const rowOf = (name: string, figure: keyof Came, bounds: Pick<Measured, "must" | "aim">): Measured => ({
    name: `${name}, ${of}`,
    isMoreBetter: figure === "accuracy",
    ours: mean(each.map(({ ours }) => ours[figure])),
    range: range(each.map(({ ours }) => ours[figure])),
    baselines: {
      "cheapest first, always": mean(each.map((one) => one.always[figure])),
      "learned, one call": mean(each.map(({ alone }) => alone[figure])),
    },
    published: "-",
    ...bounds,
  });
  return [
    rowOf("accuracy above the best single model's", "accuracy", { must: -0.005, aim: 0.01 }),
    rowOf("cost as a share of its", "usd", { must: 0.4, aim: 0.25 }),
  ];
}

/** A cheap model asked first, its answers checked by their form. */
export function evalCascade(folder: string): EvalResult {
  const contract = contractOf(call, createSchemaChecker());
  if (contract === undefined) throw new Error("the call has nothing to be checked by");
  return {
    name: "cascade",
    caveat,
    data: [fileDigest(folder, pareto), fileDigest(folder, mmlu)],
    rows: [
      ...rowsOf(
        "ParetoBandit",
        { bestName: "google/gemini-2.5-pro", knownShare: 0.5, rowsFor: (seed) => paretoRows(folder, seed) },
        contract,
      ),
      ...rowsOf(
        "MMLU",
        { bestName: "strong", knownShare: 0, rowsFor: (seed) => mmluRows(folder, seed) },
        contract,
      ),
    ],
  };
}
