/** `npm run bench -- decisions`: what a routing decision, a circuit breaker and the entrance cost, beside an empty loop of the same run. */
import {
  circuitBreakerSettings,
  createCircuitBreakers,
  rulesFrom,
} from "../src/capabilities/circuit-breaker/index.ts";
import {
  createLoadBalancing,
  type LoadBalancing,
  type PlacedCall,
} from "../src/capabilities/load-balancing/index.ts";
import { createRetries } from "../src/capabilities/retry/index.ts";
import { decideRoute, type Expected } from "../src/capabilities/routing/index.ts";
import { createRouteMemory, type Features, featuresOf } from "../src/capabilities/routing/learned.ts";
import type { AddressPool, Target } from "../src/exchange/target.ts";
import { unreachable } from "../src/kernel/invariant.ts";
import { murmur3 } from "../src/kernel/murmur3.ts";
import { uniformOf } from "../src/kernel/uniform.ts";
import { createSeededRandom } from "../src/platform/memory/index.ts";
import { systemClock, systemRandom, systemTimer } from "../src/platform/system/index.ts";
import { admissionRows } from "./admission.ts";
import { budgetRows } from "./budgets.ts";
import { type Cost, costOf, type CostRow as Row } from "./cost-of.ts";
import { guardrailRows } from "./guardrails.ts";
import { identityRows } from "./identity.ts";
import { bucketBytes, limitRows } from "./limits.ts";
import { policyFigures, policyRows } from "./policies.ts";
import { signatureRows } from "./signatures.ts";

const candidates = 10;

export async function benchDecisions(): Promise<void> {
  const random = createSeededRandom(1);
  const target = { provider: "p", model: "m" };
  const breakers = createCircuitBreakers({
    clock: systemClock,
    random,
    rulesOf: rulesFrom(circuitBreakerSettings.parse({})),
    onChange: () => undefined,
  });
  const retries = createRetries({
    clock: systemClock,
    random,
    budget: () => 0.2,
    onCooled: () => undefined,
    accountOf: () => undefined,
  });
  const noHeaders = new Map<string, string>();
  const found = Array.from({ length: candidates }, (_, index) => ({
    reference: { provider: "p", model: `m${index}` },
    // Only its name is looked at here.
    target: { provider: "p", model: `m${index}` } as Target,
    figures: {
      costNanoUsd: 1e6 * (index + 1),
      costHighNanoUsd: 2e6 * (index + 1),
      latencyMs: 100 * (candidates - index),
      latencyHighMs: 200 * (candidates - index),
      doneMs: 300 * (candidates - index),
      inFlight: index,
      health: 0.9 + index / 200,
      quality: 0.7 + index / 50,
      answers: 50,
      price: { input: 1, output: 2 },
    } satisfies Expected,
  }));
  const figures = new Map(found.map((one) => [one.target, one.figures]));
  const fallback = found[0]?.figures;
  let sink = 0;
  const rows: readonly (readonly [name: string, cost: Cost, target: string])[] = [
    ["empty loop", costOf((index) => void (sink += index), 100), "-"],
    [
      "breaker: admission and record",
      costOf(() => {
        const guarded = breakers.admit(target, () => true);
        if (guarded.kind === "permitted") guarded.call.succeeded({ of: "total", ms: 10, slowFloorMs: 5000 });
      }, 100),
      "≤ 1 µs",
    ],
    [
      "cool-downs and budget: asked and told",
      costOf(() => {
        retries.begun(target);
        sink += retries.coolsFor(target);
        retries.answered(target, noHeaders, 10);
      }, 100),
      "-",
    ],
    [
      `routing decision, ${candidates} candidates, intelligent`,
      costOf(() => {
        const { order } = decideRoute(
          "pool",
          found,
          {
            strategy: "intelligent",
            weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
            expose: "strategy",
          },
          {
            expect: (of) => {
              const known = figures.get(of) ?? fallback;
              if (known === undefined) throw new Error("a target without figures");
              return known;
            },
            misfitOf: () => undefined,
            random: () => 0.5,
            turnsOf: () => new Map(),
          },
        );
        sink += order.length;
      }, 10),
      "≤ 30 µs median, ≤ 100 µs p99",
    ],
  ];
  const allRows = [
    ...rows,
    ...admissionRows(),
    ...limitRows(),
    ...budgetRows(),
    ...signatureRows(),
    ...(await identityRows()),
    ...endpointRows(),
    ...learnedRows(),
    ...guardrailRows(),
    ...policyRows(),
  ];
  const empty = rows[0]?.[1].medianMicros ?? 1;
  for (const [name, { medianMicros, p99Micros }, aim] of allRows) {
    const ratio = (medianMicros / empty).toFixed(0);
    console.log(
      `${name}: median ${medianMicros.toFixed(3)} µs, p99 ${p99Micros.toFixed(3)} µs, ${ratio} × the empty loop (${aim})`,
    );
  }
  console.log(`rate limits: a million buckets: ${(bucketBytes() / 1e6).toFixed(0)} MB (≤ 120 MB)`);
  for (const figure of await policyFigures()) console.log(figure);
  if (sink === Number.POSITIVE_INFINITY) console.log("never");
}

/** The endpoint of one call: chosen, and told how it ended. */
function endpointRows(): readonly Row[] {
  const balances = ["predicted", "peak-ewma", "round-robin", "consistent-hash", "maglev"] as const;
  const ways = balances.map((balance) => ({ balance, prompt: undefined, beside: "" }));
  const bytes = new Uint8Array(8192).fill(97);
  const withPrompt = { balance: "predicted", prompt: bytes, beside: ", a prompt of 8 KiB" } as const;
  return [10, 100].flatMap((count) =>
    [...ways, withPrompt].map(({ balance, prompt, beside }): Row => {
      const settings: AddressPool = {
        provider: "p",
        balance,
        hashOn: "key",
        addresses: Array.from({ length: count }, (_, index) => ({
          name: `10.0.0.${index}:8000`,
          weight: 1,
          region: undefined,
          endpoints: [],
        })),
      };
      const balancing = createLoadBalancing({
        clock: systemClock,
        timer: systemTimer,
        random: systemRandom(),
        transport: { send: () => unreachable("nothing is sent") },
        onChange: () => undefined,
      });
      balancing.configure([settings]);
      const open = Array.from({ length: 2 * count }, (_, index) =>
        placed(balancing, settings, { index, prompt }),
      );
      const cost = costOf((index) => {
        open.push(placed(balancing, settings, { index, prompt }));
        open.shift()?.succeeded({ work: 300 });
      }, 10);
      const aim = count === 10 && prompt === undefined ? "about 1 µs" : "≤ 20 µs";
      return [`endpoint among ${count}, ${balance}${beside}: chosen and told`, cost, aim];
    }),
  );
}

const placed = (
  balancing: LoadBalancing,
  settings: AddressPool,
  { index, prompt }: { readonly index: number; readonly prompt: Uint8Array | undefined },
): PlacedCall =>
  balancing.place(settings, {
    model: "m",
    work: 300,
    hash: () => murmur3(`key ${index % 1000}`, 0),
    avoid: [],
    ...(prompt === undefined ? {} : { prompt: { scope: `key ${index % 1000}`, bytes: prompt } }),
  });

/** A learned choice with all that it looks at: the words and traits of a prompt of 8 KiB, ten heads, a budget. */
function learnedRows(): readonly Row[] {
  const random = createSeededRandom(2);
  const uniform = (): number => uniformOf(random.bytes);
  const vocabulary = Array.from({ length: 2000 }, () => {
    const letters = Array.from(
      { length: 2 + Math.floor(uniform() * 8) },
      () => 97 + Math.floor(uniform() * 26),
    );
    return String.fromCharCode(...letters);
  });
  const wordsAt = (): string => vocabulary[Math.floor(uniform() ** 2 * vocabulary.length)] ?? "";
  const prompts = Array.from({ length: 64 }, () =>
    Array.from({ length: 1200 }, wordsAt).join(" ").slice(0, 8192),
  );
  const seen = (user: string): Features =>
    featuresOf(
      { user, instructions: "You are a helpful assistant.", tools: [], parameters: [] },
      {
        turns: 1,
        tools: 0,
        requiredParameters: 0,
        images: 0,
        outputTokensMax: 500,
        isReasoning: false,
        isSchema: false,
      },
    );
  const memory = createRouteMemory(uniform);
  const names = Array.from({ length: candidates }, (_, index) => `m${index}`);
  for (const name of names) memory.quality(name, 0.8, undefined);
  const known = prompts.map(seen);
  for (let round = 0; round < 20; round += 1)
    for (const features of known)
      memory.judged(names[round % candidates] ?? "", {
        features,
        shape: features.shape,
        quality: round % 2,
        weight: 1,
      });
  const rules = {
    strategy: "learned",
    weights: { cost: 0.4, latency: 0.3, health: 0.2, quality: 0.1 },
    expose: "strategy",
  } as const;
  const decide = (prompt: string): number => {
    const features = seen(prompt);
    const arms = names.map((model, index) => ({
      name: `p/${model}`,
      provider: "p",
      model,
      tier: 0,
      weight: 1,
      price: undefined,
      costNanoUsd: 1e6 * (index + 1),
      costHighNanoUsd: 2e6 * (index + 1),
      latencyMs: 100,
      latencyHighMs: 200,
      doneMs: 300,
      inFlight: 0,
      health: 1,
      quality: memory.quality(model, 0.8, features).mean,
      answers: 50,
    }));
    const [first, ...others] = arms;
    if (first === undefined) return 0;
    const choice = memory.choose({ rules, features, isCritical: false }, [first, ...others]);
    memory.took(rules, choice);
    return choice.order.length;
  };
  let sink = 0;
  const fewer = costOf(
    (index) => {
      sink += decide(prompts[index % prompts.length] ?? "");
    },
    10,
    20_000,
  );
  const learning = costOf(
    (index) => {
      const features = known[index % known.length];
      if (features === undefined) return;
      memory.judged(names[index % candidates] ?? "", {
        features,
        shape: features.shape,
        quality: index % 2,
        weight: 1,
      });
    },
    10,
    20_000,
  );
  if (sink === Number.POSITIVE_INFINITY) console.log("never");
  return [
    [`learned decision, ${candidates} candidates, a prompt of 8 KiB`, fewer, "≤ 30 µs median, ≤ 100 µs p99"],
    ["one judgement learned from", learning, "-"],
  ];
}
