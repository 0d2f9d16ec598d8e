import * as z from "zod";
import { filterNames } from "../exchange/decision.ts";
import { endpointPool } from "./balancing-schemas.ts";
import { oversight } from "./oversight-schemas.ts";
import { count, epochMs } from "./quantities.ts";

const usd = z.number().min(0).nullable().describe("US dollars; `null`: no price is known.");
const ms = z.number().min(0);
const share = z.number().min(0).max(1);

const ranked = z.strictObject({
  service_id: z.string().describe("`provider/model`."),
  tier: count.describe("Lower tiers are asked first, whatever their scores."),
  score: z.number().describe("Less is better."),
  estimated_cost: usd,
  estimated_cost_high: usd.describe("Not more than this in nine of ten calls."),
  estimated_latency_ms: ms,
  estimated_latency_high_ms: ms,
  estimated_done_ms: ms.describe("To the end of the answer, among what is in flight there now."),
  in_flight: count.describe("Requests that it is at work on for this gateway."),
  free_share: share
    .nullable()
    .describe("What is left of its limits by its provider's word; `null`: nothing was told."),
  health: share.describe("The share of calls that succeed."),
  quality: share,
  confidence: share.describe(
    "How much of the estimate is learned: 0 is all assumed, near 1 after fifty answers.",
  ),
});

const refused = z.strictObject({
  service_id: z.string(),
  by: z.enum(filterNames).describe("The first of these filters that speaks against it."),
  detail: z.string(),
});

const cascade = z.strictObject({
  first: z
    .string()
    .describe("Asked first: what breaks its contract goes to nobody, and the second is asked."),
  second: z.string(),
  right: share.describe("How likely the first's answer will do: it comes, keeps its contract and is right."),
  escalated: share.describe("How likely the second is asked."),
  cost: z.number().describe("US dollars expected of both, as often as the second is asked."),
  cost_high: z.number().describe("Of both at most, in nine of ten calls."),
  alone: z.string().describe("Who would be asked alone otherwise."),
  cost_alone: z.number().describe("What that would be expected to cost."),
});

const decision = {
  strategy: z.string(),
  chosen_by: z.enum(["score", "draw", "turn", "order", "explore", "sticky", "guard"]),
  propensity: share.describe("With which probability the first was chosen."),
  ranked: z.array(ranked).describe("In the order in which they are asked."),
  refused: z.array(refused),
  learned: z
    .strictObject({
      shape: z.string().describe("The kind of request: `code`, `math`, `tools`."),
      budget: z.number().describe("US dollars of one request, on average."),
      price: z.number().describe("Quality that a budget's worth of money must buy."),
      credit: z.number().describe("US dollars that may be spent at once."),
      out_of_credit: z.boolean(),
      cascade: cascade
        .nullable()
        .describe("The first is asked on trial, with the second behind it; `null`: one is asked alone."),
      propensities: z.record(z.string(), share).describe("With which probability each target was chosen."),
    })
    .nullable()
    .describe("How a learned choice came about."),
  case: z
    .strictObject({
      taken: z
        .string()
        .describe("Its number, from 1; `else`: none held; `none`: none held, and there is no `else`."),
      when: z.string().nullable().describe("Its condition."),
      strategy: z.string().describe("How one of its targets was chosen."),
    })
    .nullable()
    .describe("Which case of a conditional pool was taken."),
  flip: z.string().nullable().describe("What would have put the runner-up first."),
};

/** A request as far as routing looks at it. */
export const wantedDecision = z.strictObject({
  model_type: z.string().min(1).max(400).describe("A pool, or `provider/model`."),
  estimated_tokens: z.int().min(0).max(10_000_000).default(1000).describe("Of the prompt."),
  max_output_tokens: z.int().min(1).max(10_000_000).optional(),
  stream: z.boolean().default(false),
  strategy: z.string().max(100).optional().describe("Instead of the pool's own."),
  constraints: z
    .strictObject({
      max_cost: z.number().gt(0).optional().describe("US dollars."),
      max_latency_ms: z.number().gt(0).optional(),
      region: z
        .string()
        .max(2000)
        .optional()
        .describe("Zones, with commas between, one of which it must stay in: `eu`, `de`, `eu-central-1`."),
    })
    .prefault({}),
  tools: z.int().min(0).max(100_000).optional().describe("How many it declares; for conditional pools."),
  images: z.int().min(0).max(100_000).optional().describe("How many are in it."),
  turns: z.int().min(0).max(1_000_000).optional().describe("Of its conversation."),
  schema: z.boolean().optional().describe("Whether its answer must fit a JSON Schema."),
  prompt: z.string().max(1_000_000).optional().describe("Counted in the place of `estimated_tokens`."),
});

export const routeDecision = z.strictObject({
  service_id: z.string(),
  estimated_cost: usd,
  estimated_latency_ms: ms,
  score: z.number(),
  reason: z.string(),
  ...decision,
});

const learnedRoute = z.strictObject({
  budget: z.number().describe("US dollars of one request, on average."),
  price: z.number(),
  credit: z.number().describe("US dollars that may be spent at once."),
  frozen: z.boolean().describe("It serves, and learns nothing."),
  arms: z.array(
    z.strictObject({
      model: z.string(),
      quality: share,
      quality_low: share.describe("Below with probability 5 %."),
      judgements: z.number().describe("What it has learned from, older ones counting for less."),
      shifts: count.describe("How often it was noticed to answer otherwise than before."),
      kept: share
        .nullable()
        .describe(
          "The share of its answers that held what tools or a schema ask for, of those that were checked; `null`: none was.",
        ),
    }),
  ),
});

/** What is to be done with what a pool has learned. */
export const wantedLearning = z.strictObject({
  action: z
    .enum(["freeze", "resume", "reset", "guard", "unguard"])
    .describe(
      "`freeze` stops learning and goes on serving, until `resume`; `reset` forgets; `guard` has the reference serve for a day, or until `unguard`.",
    ),
});

export const routeState = z.strictObject({
  name: z.string(),
  strategy: z.string(),
  weights: z.strictObject({
    cost: z.number(),
    latency: z.number(),
    health: z.number(),
    quality: z.number(),
  }),
  max_cost: z.number().nullable(),
  max_latency_ms: z.number().nullable(),
  quality_floor: z.number().nullable(),
  min_contract: share
    .nullable()
    .describe("Who keeps fewer contracts is not asked for answers that have one; `null`: nobody minds."),
  contracts: z
    .array(
      z.strictObject({
        model: z.string(),
        kept: share.describe("Of the answers that were checked."),
        checked: z.number().describe("How many were, older ones counting for less."),
      }),
    )
    .describe("What was seen of the contracts of its models, where the pool minds."),
  cases: z
    .array(
      z.strictObject({
        when: z.string().nullable().describe("Its condition; `null`: what is done when none holds."),
        use: z.array(z.string()).nullable().describe("`provider/model`; `null`: all targets of the pool."),
        strategy: z.string().describe("How one of them is chosen."),
      }),
    )
    .describe("Of a conditional pool, in the order in which they are tried."),
  learned: learnedRoute.nullable().describe("What is known of its models; `null`: nothing is learned there."),
  oversight: oversight
    .nullable()
    .describe("What reading some of its answers has shown; `null`: none are read."),
  decisions: z.array(z.strictObject({ request_id: z.string(), at: epochMs, ...decision })),
});

export const routeList = z.strictObject({ routes: z.array(routeState) });

/** Another way of choosing. */
export const wantedEvaluation = z.strictObject({
  policy: z
    .union([
      z.strictObject({ always: z.string().min(3).max(400).describe("`provider/model`.") }),
      z.strictObject({ cheapest: z.literal(true) }),
      z.strictObject({ budget_factor: z.number().gt(0).max(1000).describe("Times the budget in force.") }),
    ])
    .describe("How else the logged requests could have been sent."),
  since: z.number().min(0).default(0).describe("Only requests from then on, ms since 1970."),
});

const estimate = z.strictObject({
  mean: z.number(),
  low: z.number().describe("95 % interval, however often it is looked at."),
  high: z.number(),
});

export const routeEvaluation = z.strictObject({
  decisions: count.describe("Judged requests that it is told from."),
  effective_decisions: z
    .number()
    .describe("So many requests under the other policy itself would tell as much."),
  quality: z.strictObject({
    inverse_propensity: estimate,
    self_normalized: estimate,
    doubly_robust: estimate,
    logged: z.number().describe("Of what was in force."),
  }),
  cost: z.strictObject({
    expected: z.number().describe("US dollars of one request."),
    logged: z.number().describe("Of what was in force, expected in the same way."),
  }),
});

export const endpointList = z.strictObject({
  endpoints: z.array(
    z.strictObject({
      service_id: z.string().describe("`provider/model`."),
      in_flight: count,
      limit: count.nullable().describe("Requests that it is given at once; `null`: any number."),
      queued: count.describe("Requests that wait for a place there."),
      ms_per_token: ms.describe("Alone; assumed until it is learned."),
      ms_per_token_and_request: ms.describe("More for each request beside it."),
      learned_from: count.describe("Requests that its speed was learned from."),
      errors: count.describe("In a row, up to now."),
      health: share.describe("The share of calls that succeed."),
    }),
  ),
  pools: z.array(endpointPool).describe("The endpoints of the providers that have several."),
});
