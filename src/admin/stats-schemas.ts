import * as z from "zod";
import { overloadState } from "./overload-schemas.ts";
import { count, epochMs, nanoUsd, spanMs } from "./quantities.ts";

export const gatewayState = z.strictObject({
  version: z.string(),
  startedAt: epochMs,
  uptimeMs: spanMs,
  generation: count.describe("Number of the running configuration; each reload that is taken adds one."),
  mode: z.enum(["demo", "environment", "file"]).describe("Where the configuration is from."),
  isDraining: z.boolean(),
  degraded: z.array(z.string()).describe("Why the gateway is less than well; empty when all is well."),
  inFlight: count,
  overload: overloadState,
  totals: z.strictObject({
    requests: count,
    errors: count,
    inputTokens: count,
    outputTokens: count,
    costNanoUsd: nanoUsd.describe("Sum of the known costs, 10^-9 US dollars."),
    unpriced: count.describe("Requests whose price is not known."),
  }),
  log: z.strictObject({
    queued: count,
    written: count,
    dropped: count.describe("Records lost because the queue was full or the store failed."),
    bytes: count,
  }),
  process: z.strictObject({
    rssBytes: count,
    heapUsedBytes: count,
    eventLoopDelayMsP99: spanMs,
    permissionMode: z
      .enum(["on", "off"])
      .describe("Whether Node's permission model holds the process from other files and programs."),
  }),
});

export const gatewayStats = z.strictObject({
  routes_registered: count.describe("Names a client may ask for: models, pools and patterns."),
  upstream_services: count.describe("Providers that requests may be sent to."),
  cache_stats: z.strictObject({
    hit_rate: z.number().min(0).max(1).nullable().describe("`null`: nothing has been looked up."),
    entry_count: count,
    cache_size_mb: z.number().min(0),
  }),
  policy_violations: count,
  protocols_supported: z.array(z.enum(["rest", "graphql", "grpc", "websocket", "mcp"])),
  gateway: gatewayState,
  data_url: z.string().describe("Where the data plane listens, as the gateway's own machine reaches it."),
  notes: z.array(z.string()).describe("What the figures above do not say by themselves."),
});

export const emptyList = z.array(z.never()).describe("Nothing of this kind exists in this version.");
export const total = z.literal(0);
export const note = z.string().describe("Why the list is empty.");
export const chaosExperimentList = z.strictObject({ experiments: emptyList, total, note });
export const featureFlagList = z.strictObject({ feature_flags: emptyList, total, note });
export const abTestList = z.strictObject({ ab_tests: emptyList, total, note });
export const canaryDeploymentList = z.strictObject({ canary_deployments: emptyList, total, note });

export const seriesPoint = z.strictObject({
  at: epochMs.describe("Start of the bucket: milliseconds since 1970-01-01T00:00:00Z."),
  requests: count,
  errors: count,
  latencyMsP50: spanMs.nullable(),
  latencyMsP99: spanMs.nullable(),
  costNanoUsd: nanoUsd.describe("Sum of the known costs, 10^-9 US dollars."),
  unpriced: count.describe("Requests whose price is not known."),
});
export const series = z.strictObject({
  bucketMs: z.literal(5000).describe("Length of a bucket in milliseconds."),
  points: z.array(seriesPoint).describe("Oldest first."),
});
