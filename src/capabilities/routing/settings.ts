import * as z from "zod";
import { nearestNames } from "../../kernel/nearest.ts";
import { factsInWords } from "./conditional.ts";
import { oversightProblems } from "./oversight-problems.ts";
import { aliases, type Strategy, strategies, strategyNamed } from "./shapes.ts";

const poolName = /^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/;
const shortTarget = /^[^/\s]+\/\S+$/;

const target = z.union([
  z
    .string()
    .regex(shortTarget, "must be `provider/model`, for example `openai/gpt-5-mini`")
    .transform((text) => {
      const slash = text.indexOf("/");
      return { provider: text.slice(0, slash), model: text.slice(slash + 1) };
    })
    .describe("Short form: `provider/model`."),
  z.strictObject({
    provider: z.string().min(1).describe("A name from `providers`."),
    model: z.string().min(1).describe("The provider's own name of the model."),
    weight: z
      .exactOptional(z.number().min(0).max(1_000_000))
      .describe("Its share where targets are drawn or take turns; 1 if nothing is said."),
    tier: z
      .exactOptional(z.int().min(0).max(19))
      .describe(
        "Targets of a later tier are asked only when those before have failed; 0 if nothing is said.",
      ),
    quality: z
      .exactOptional(z.number().min(0).max(1))
      .describe("How good its answers are, 0 to 1; taken from its price if nothing is said."),
  }),
]);

const percent = /^(\d+(?:\.\d+)?)\s*%$/;

/** A share as a number, or as text: `0.5` and `50%` are the same. */
const shareUpTo = (most: number) =>
  z.union([
    z.number().min(0).max(most),
    z
      .string()
      .regex(percent, "must be a number or a percentage like `50%`")
      .transform((text) => Number(percent.exec(text)?.[1]) / 100)
      .pipe(z.number().min(0).max(most)),
  ]);

const weight = z.number().min(0).max(100);
const usd = z.number().gt(0).max(1_000_000);

function readStrategy(text: string, context: z.RefinementCtx): Strategy {
  const strategy = strategyNamed(text);
  if (strategy !== undefined) return strategy;
  const known = [...strategies, ...Object.keys(aliases)].join(", ");
  context.addIssue({ code: "custom", message: `\`${text}\` is no strategy; there are ${known}` });
  return z.NEVER;
}

/** What a case of a conditional route comes to. */
const choice = {
  use: z
    .exactOptional(
      z.array(z.string().regex(shortTarget, "must be `provider/model`, one of the targets")).min(1).max(20),
    )
    .describe("The targets that may be asked, of those of the pool; all of them if nothing is said."),
  strategy: z
    .exactOptional(z.string().transform(readStrategy))
    .describe(
      "How one of them is chosen; in the order of `use`, or of the pool, if nothing is said. Not `learned`.",
    ),
};

const routeCase = z.strictObject({
  when: z
    .string()
    .min(1)
    .max(2000)
    .describe(
      `A condition in CEL: \`ai.tools > 0 && key.name != "batch"\`. Facts: ${factsInWords}. One that cannot be told, as a division by 0, does not hold.`,
    ),
  ...choice,
});

const route = z
  .strictObject({
    strategy: z
      .string()
      .default("intelligent")
      .transform(readStrategy)
      .describe(
        "`priority` (their order), `cost-optimized`, `latency-based`, `intelligent` (cost, latency, health and quality weighed), `highest-quality`, `weighted` (drawn), `round-robin`, `least-busy` (fewest in flight), `predicted` (done first, by a line learned for each target), `usage-aware` (most left of its limits, by its provider's `x-ratelimit-*` or `anthropic-ratelimit-*` headers), `conditional` (the first of `cases` that holds says how), `learned` (which target is good enough for which request, within a budget); `COST_OPTIMIZED` and the like are the same.",
      ),
    weights: z
      .strictObject({
        cost: weight.default(0.4).describe("Of the logarithm of the expected cost."),
        latency: weight.default(0.3).describe("Of the logarithm of the expected time."),
        health: weight.default(0.2).describe("Of the logarithm of the share of calls that succeed."),
        quality: weight.default(0.1).describe("Of ten times the difference in quality."),
      })
      .prefault({})
      .refine(({ cost, latency, health, quality }) => cost + latency + health + quality > 0, {
        message: "must not all be 0",
      })
      .describe("What `intelligent` weighs."),
    maxCost: z
      .exactOptional(usd)
      .describe("US dollars of one request, held against what nine of ten of its kind cost at most."),
    maxLatencyMs: z
      .exactOptional(z.int().min(1).max(3_600_000))
      .describe(
        "Held against what nine of ten calls take: to the first word of streams, else to the end. What is assumed refuses nobody.",
      ),
    maxPrice: z
      .exactOptional(
        z.strictObject({
          input: z.exactOptional(usd).describe("For a million tokens of prompts."),
          output: z.exactOptional(usd).describe("For a million tokens of answers."),
        }),
      )
      .describe("US dollars; a target without a known price is refused too."),
    qualityFloor: z
      .exactOptional(z.number().min(0).max(1))
      .describe("Targets below are not asked while there is one above."),
    minContract: z
      .exactOptional(shareUpTo(1))
      .describe(
        "Targets that have kept the contract of fewer of their answers are not asked for answers that have one: calls of declared tools with valid arguments, JSON by its schema. It counts from 20 checked answers on, and shuts nobody out where nobody else is left.",
      ),
    sticky: z
      .exactOptional(
        z.union([
          z.enum(["conversation", "key", "cookie"]),
          z.strictObject({
            header: z
              .string()
              .regex(
                /^(?!authorization$|cookie$|x-api-key$|x-goog-api-key$)[a-z0-9-]{1,64}$/,
                "must be the name of a header in small letters, of one that holds no secret",
              )
              .describe("Requests of a key with the same value belong together."),
          }),
        ]),
      )
      .describe(
        "A conversation, all of a key, who brings the cookie `sallyport-affinity` back, or requests with the same header go on at the target that served them last, for an hour; they leave a target that fails. Not with `learned`.",
      ),
    budget: z
      .exactOptional(
        z.union([
          z.strictObject({ perRequestUsd: usd.describe("US dollars of one request, on average.") }),
          z.strictObject({
            ofReference: shareUpTo(10)
              .refine((share) => share > 0, "must be above 0")
              .describe("A share of what the reference target costs."),
          }),
        ]),
      )
      .describe("`learned`: what requests may cost on average; half of the reference if nothing is said."),
    reference: z
      .exactOptional(z.string().regex(shortTarget, "must be `provider/model`, one of the targets"))
      .describe("`learned`: the target that is trusted; the dearest one if nothing is said."),
    explore: z
      .exactOptional(shareUpTo(0.2))
      .describe(
        "`learned`: share of requests that try another target, so that it is learned too; 1 % if nothing is said.",
      ),
    perSecond: z
      .exactOptional(shareUpTo(1))
      .describe("`learned`: how much quality a second of waiting is worth; 0 if nothing is said."),
    exhausted: z
      .exactOptional(z.enum(["cheapest", "refuse"]))
      .describe(
        "`learned`: when no target is within what may be spent at once, the cheapest is asked, or the request is refused.",
      ),
    cascade: z
      .exactOptional(z.enum(["auto", "off"]))
      .describe(
        "`learned`: `auto` asks a cheap target first where tools or a schema tell whether its answer will do, and the best one if it does not; such streams are kept back until they are checked. Off if nothing is said.",
      ),
    guard: z
      .exactOptional(
        z.strictObject({
          tolerance: shareUpTo(1)
            .default(0.02)
            .describe("So much worse than the reference its answers may be, on average."),
          share: shareUpTo(1)
            .default(0.01)
            .describe(
              "Of the requests, drawn by chance: they go to the reference as well, once they are answered.",
            ),
          usdPerDay: usd.default(5).describe("What that may cost in a day (UTC), US dollars."),
        }),
      )
      .describe(
        "`learned`: answers are held against those of `reference`, by the form that tools or a schema ask for, else by the `judge`; once they are shown to be worse than they may be, the reference serves, beside the budget, for a day or until an operator ends it.",
      ),
    judge: z
      .exactOptional(
        z.strictObject({
          use: z
            .string()
            .regex(shortTarget, "must be `provider/model`")
            .describe("Who judges; never answers of its own family."),
          share: shareUpTo(1).default(0.02).describe("Of the answers, drawn by chance."),
          usdPerDay: usd.default(1).describe("What that may cost in a day (UTC), US dollars."),
          rubric: z
            .exactOptional(z.string().min(1).max(4000))
            .describe("What makes a good answer; that it is right, whole and of use if nothing is said."),
        }),
      )
      .describe(
        "`learned`: another model reads some of the answers, and what it says of them is learned from.",
      ),
    implicit: z
      .exactOptional(z.boolean())
      .describe(
        "`learned`: who asks nearly the same in the same conversation again within two minutes was not content with the answer; off if nothing is said.",
      ),
    cases: z
      .exactOptional(z.array(routeCase).min(1).max(20))
      .describe("`conditional`: the first whose condition holds is taken."),
    else: z
      .exactOptional(z.strictObject(choice))
      .describe("`conditional`: when no case holds; the targets in their order if nothing is said."),
    expose: z
      .enum(["strategy", "full"])
      .default("strategy")
      .describe("`full`: answers carry the whole decision in `x-sallyport-decision`."),
  })
  .describe("How one of the targets is chosen.");

const targets = z.array(target).min(1).max(20).describe("Tried in this order until one answers.");

const longPool = z.strictObject({
  targets,
  route: z.exactOptional(route).describe("How one of them is chosen; in their order if nothing is said."),
  residency: z
    .exactOptional(z.array(z.string().min(1).max(40)).min(1).max(50))
    .describe(
      "Requests for it are sent to targets in one of these zones only, whatever fails: countries (`de`), `eu`, `eea`, or regions.",
    ),
  prefer: z
    .exactOptional(
      z
        .array(z.enum(["same-region", "same-jurisdiction"]))
        .min(1)
        .max(2),
    )
    .describe(
      "Who is nearer is asked first, the others when those have failed: near to the client where `geo` tells where it is, else to `regions.here`.",
    ),
});

const pool = z
  .union([targets.transform((list): z.output<typeof longPool> => ({ targets: list })), longPool])
  .superRefine(({ targets: listed, route: rules }, context) => {
    if (rules?.strategy === "learned" && rules.sticky !== undefined)
      context.addIssue({
        code: "custom",
        path: ["route", "sticky"],
        message: "is not for `learned`: what is not chosen cannot be learned",
      });
    for (const { field, message } of oversightProblems(rules ?? {}, listed))
      context.addIssue({ code: "custom", path: ["route", ...field], message });
    const names = listed.map(({ provider, model }) => `${provider}/${model}`);
    const reference = rules?.reference;
    if (reference === undefined || names.includes(reference)) return;
    const [near] = nearestNames(reference, names);
    const message = `\`${reference}\` is none of the targets${near === undefined ? "" : `; did you mean \`${near}\`?`}`;
    context.addIssue({ code: "custom", path: ["route", "reference"], message });
  })
  .describe("Its targets in the order of failover: the list itself, or `targets` with the list.");

/**
 * The `models` section: names of the gateway's own, each leading to an ordered list of targets.
 * Both short forms (`fast: [openai/gpt-5-mini]`) come out as the long one.
 */
export const routingSettings = z
  .record(
    z
      .string()
      .max(200)
      .regex(
        poolName,
        "must be a name of letters, digits and `. _ : / @ -` that begins with a letter or a digit",
      ),
    pool,
  )
  .default({})
  .describe("Pools: model names of your own, each with targets in the order of failover.");

export type RoutingSettings = z.output<typeof routingSettings>;
