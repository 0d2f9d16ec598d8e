import * as z from "zod";
import { count, epochMs } from "./quantities.ts";

const ms = z.number().min(0);

const endpoint = z.strictObject({
  name: z.string(),
  origin: z.string(),
  region: z.string().nullable(),
  weight: z.number().min(0),
  state: z
    .enum(["in", "starting", "ejected", "sick", "drained"])
    .describe(
      "`starting` gets few calls at once; `ejected`: its calls went badly; `sick`: its checks did; `drained`: by its weight or by hand.",
    ),
  in_flight: count.describe("Calls that it is at work on for this gateway."),
  errors: count.describe("In a row, up to now."),
  ejected_until: epochMs.nullable(),
  ejected_for: z
    .enum(["errors", "success-rate", "slow", "operator"])
    .nullable()
    .describe(
      "`errors`: five in a row; `success-rate`: it fails more often than the others; `slow`: it takes three times as long as was predicted.",
    ),
  ejections: count.describe("As far as they count for how long the next one is."),
  slow_start: z
    .strictObject({ in_flight_max: count, until: epochMs })
    .nullable()
    .describe("While it is new or back: most calls at once."),
  lines: z
    .array(
      z.strictObject({
        model: z.string(),
        ms_per_token: ms.describe("Alone; assumed until it is learned."),
        ms_per_token_and_request: ms.describe("More for each call beside it."),
        learned_from: count.describe("Calls that its speed was learned from."),
      }),
    )
    .describe("How fast it is at each model."),
});

/** The endpoints of a provider that has several. */
export const endpointPool = z.strictObject({
  provider: z.string(),
  balance: z.enum([
    "predicted",
    "peak-ewma",
    "p2c",
    "least-request",
    "round-robin",
    "random",
    "consistent-hash",
    "maglev",
  ]),
  panic: z.boolean().describe("Fewer than half are well: health is not looked at."),
  checked: z.boolean().describe("Whether they are looked after beside the calls."),
  imbalance: z
    .number()
    .min(0)
    .describe(
      "Times its fair share that the busiest of those that take calls has in flight, over the last minute; 1: all alike, or less than one call together.",
    ),
  prefix_hit_ratio: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe("Tokens of prompts that were kept from earlier ones, of all; `null`: nobody has told."),
  endpoints: z.array(endpoint),
});
