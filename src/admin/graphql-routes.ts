import * as z from "zod";
import type { BreakerState, GraphqlRouteState, OperationTraffic } from "../gateway/control.ts";
import { breakerOf } from "./circuit-breakers.ts";
import { count, epochMs, latency } from "./quantities.ts";
import { breaker } from "./services.ts";

const digest = z.string().describe("12 digits of a SHA-256.");

const operation = z.strictObject({
  name: z.string().nullable().describe("`null`: it has none."),
  type: z
    .enum(["query", "mutation", "subscription"])
    .nullable()
    .describe("`null`: its document was not taken: a syntax error, a limit, or not of the schema."),
  digest: digest.describe(
    "Of its document without what has no meaning; of its text, where `type` is `null`.",
  ),
  requests: count,
  errors: count.describe("Answered, with errors among the answer."),
  failed: count.describe("By the fault of a service."),
  refused: count.describe("By a rule of the gateway."),
  last_at: epochMs,
  latency_ms: latency.nullable().describe("`null`: none was answered, or it is a subscription."),
  cost_max: z.number().min(0).nullable().describe("`null`: it was never run."),
  depth_max: count.nullable(),
});

/** The routes of GraphQL. */
export const graphqlRouteList = z.strictObject({
  routes: z.array(
    z.strictObject({
      id: z.string(),
      schema: z
        .strictObject({ version: digest, source: z.enum(["single", "federation"]), types: count })
        .nullable()
        .describe("What clients see; `null`: no schema is known, and only limits are checked."),
      problems: z.array(z.string()).describe("Why a newer configuration of it was not taken."),
      subgraphs: z
        .array(
          z.strictObject({
            name: z.string(),
            service: z.string(),
            breaker,
            requests: count,
            failed: count,
            latency_ms: latency.nullable(),
          }),
        )
        .describe("Empty: a single service answers."),
      operations: z
        .array(operation)
        .describe("The last used: 200 that were taken and 50 that were not; the newest first."),
      plans: z
        .strictObject({ kept: count, hits: count, misses: count })
        .nullable()
        .describe("How operations are asked of subgraphs, kept; `null`: it is no federation."),
    }),
  ),
});

type Shown = z.output<typeof graphqlRouteList>["routes"][number];

export const shownGraphqlRoute = (
  { id, schema, problems, subgraphs, operations, plans }: GraphqlRouteState,
  breakers: readonly BreakerState[],
): Shown => ({
  id,
  schema,
  problems: [...problems],
  subgraphs: subgraphs.map(({ name, service, requests, failed, latencyMs }) => ({
    ...{ name, service, requests, failed },
    breaker: breakerOf(service, breakers),
    latency_ms: latencyMs,
  })),
  operations: operations.map(shownOperation),
  plans: plans === null ? null : { kept: plans.plans, hits: plans.hits, misses: plans.misses },
});

const shownOperation = ({
  lastAt,
  latencyMs,
  costMax,
  depthMax,
  ...counts
}: OperationTraffic): Shown["operations"][number] => ({
  ...counts,
  last_at: lastAt,
  latency_ms: latencyMs,
  cost_max: costMax,
  depth_max: depthMax,
});
