import * as z from "zod";
import { auditComponents } from "./audit-schemas.ts";
import { endpointPool } from "./balancing-schemas.ts";
import { circuitBreaker, circuitBreakerList, coolDownList, wantedBreakerMode } from "./breaker-schemas.ts";
import { costForecast } from "./costs.ts";
import { graphqlRouteList } from "./graphql-routes.ts";
import { grpcRouteList } from "./grpc-routes.ts";
import { createdKey, keyList, shownKey, wantedKey } from "./key-schemas.ts";
import { overloadState } from "./overload-schemas.ts";
import { priceExplanation, priceRow, pricesState, wantedPriceRows } from "./price-schemas.ts";
import { count, epochMs, errorCode, knownNanoUsd, nanoUsd, spanMs } from "./quantities.ts";
import { regionsState } from "./region-schemas.ts";
import { attemptRecord, cost, requestRecord, stageRecord, usage, warning } from "./request-record.ts";
import {
  endpointList,
  routeDecision,
  routeEvaluation,
  routeList,
  routeState,
  wantedDecision,
  wantedEvaluation,
  wantedLearning,
} from "./routing-schemas.ts";
import { scalingState } from "./scaling.ts";
import { serviceRouteList } from "./service-routes.ts";
import { serviceList } from "./services.ts";
import { socketList } from "./sockets.ts";
import { translated, translationList, wantedTranslation } from "./translation-schemas.ts";
import {
  approvedCatalog,
  catalogState,
  modelAbility,
  modelEntry,
  modelList,
  modelPrice,
  modelTarget,
  quirk,
  quirkList,
  upstreamError,
  upstreamList,
  upstreamState,
  wantedQuirkState,
} from "./upstream-schemas.ts";

const gatewayState = z.strictObject({
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
  process: z.strictObject({ rssBytes: count, heapUsedBytes: count, eventLoopDelayMsP99: spanMs }),
});

const gatewayStats = z.strictObject({
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

const emptyList = z.array(z.never()).describe("Nothing of this kind exists in this version.");
const total = z.literal(0);
const note = z.string().describe("Why the list is empty.");
const chaosExperimentList = z.strictObject({ experiments: emptyList, total, note });
const featureFlagList = z.strictObject({ feature_flags: emptyList, total, note });
const abTestList = z.strictObject({ ab_tests: emptyList, total, note });
const canaryDeploymentList = z.strictObject({ canary_deployments: emptyList, total, note });

const seriesPoint = z.strictObject({
  at: epochMs.describe("Start of the bucket: milliseconds since 1970-01-01T00:00:00Z."),
  requests: count,
  errors: count,
  latencyMsP50: spanMs.nullable(),
  latencyMsP99: spanMs.nullable(),
  costNanoUsd: nanoUsd.describe("Sum of the known costs, 10^-9 US dollars."),
  unpriced: count.describe("Requests whose price is not known."),
});
const series = z.strictObject({
  bucketMs: z.literal(5000).describe("Length of a bucket in milliseconds."),
  points: z.array(seriesPoint).describe("Oldest first."),
});

const loggedRequest = z.strictObject({
  id: z.string(),
  at: epochMs,
  status: z.int(),
  outcome: z.string().describe("`completed`, `refused`, `failed` or `aborted`."),
  model: z.string().nullable().describe("The model as the client named it."),
  provider: z.string().nullable(),
  keyId: z.string().nullable(),
  tenant: z.string().nullable().describe("Whom it belongs to; `null`: nobody was known."),
  project: z.string().nullable(),
  user: z.string().nullable().describe("The person behind the key or the token; `null`: none is known."),
  dialect: z.string().nullable(),
  route: z.string().nullable().describe("The route that led to a service; `null`: it was none."),
  code: z.string().nullable(),
  isStream: z.boolean(),
  durationMs: spanMs,
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  costNanoUsd: knownNanoUsd,
});
const requestList = z.strictObject({
  requests: z.array(loggedRequest).describe("Newest first; oldest first when `after` was given."),
  next: z
    .string()
    .nullable()
    .describe(
      "The id that leads to the next page, as `before` (as `after` when `after` was given); `null` at the end.",
    ),
});

const configProblem = z.strictObject({
  message: z.string(),
  line: z.int().nullable(),
  column: z.int().nullable(),
  path: z.string().nullable(),
});
const configChange = z.strictObject({
  path: z.string().describe("As in the file: `providers.openai.key`."),
  kind: z.enum(["added", "removed", "changed"]),
  before: z.string().nullable().describe("Printed; secrets are shown as `***`."),
  after: z.string().nullable().describe("Printed; secrets are shown as `***`."),
  needsRestart: z.boolean(),
});
const configPlan = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("valid"),
    changes: z.array(configChange),
    waiting: z
      .array(configChange)
      .describe("What the file as it is now has asked for already, and waits for a restart."),
  }),
  z.strictObject({ kind: z.literal("invalid"), problems: z.array(configProblem) }),
]);
const configState = z.strictObject({
  generation: count,
  file: z.string().nullable(),
  running: z
    .unknown()
    .describe("The running configuration with defaults filled in; secrets are shown as `***`."),
  problems: z.array(configProblem).describe("Why the newest file was not taken; the last good one goes on."),
  waiting: z
    .array(configChange)
    .describe("What the file asks for and the process cannot take before it is started again."),
});
const configText = z.strictObject({ text: z.string().describe("A whole configuration file.") });

const signInCode = z.strictObject({
  code: z.string().min(1).max(200).describe("The one-time code of the admin link."),
});
const signedIn = z.strictObject({ expiresAt: epochMs });
const signedOut = z.strictObject({ isSignedIn: z.literal(false) });
const caller = z.strictObject({
  kind: z.enum(["session", "bearer"]).describe("Signed in by cookie, or by `Authorization: Bearer`."),
  permissions: z.array(z.string()),
});

const failure = z.strictObject({
  status: z.literal("error"),
  error: z.strictObject({
    code: errorCode,
    message: z.string(),
    param: z.string().optional().describe("The member of the body or query that is at fault."),
  }),
  requestId: z.string().optional().describe("To be found in the gateway's log."),
});

/** Every body and answer of the admin API under the name it has in the OpenAPI document. */
export const components = {
  ...auditComponents,
  Translated: translated,
  TranslationList: translationList,
  WantedTranslation: wantedTranslation,
  PriceExplanation: priceExplanation,
  PriceRow: priceRow,
  PricesState: pricesState,
  WantedPriceRows: wantedPriceRows,
  ApprovedCatalog: approvedCatalog,
  CatalogState: catalogState,
  ABTestList: abTestList,
  AttemptRecord: attemptRecord,
  Caller: caller,
  CanaryDeploymentList: canaryDeploymentList,
  ChaosExperimentList: chaosExperimentList,
  CircuitBreaker: circuitBreaker,
  CircuitBreakerList: circuitBreakerList,
  CoolDownList: coolDownList,
  RouteList: routeList,
  RouteState: routeState,
  WantedLearning: wantedLearning,
  WantedEvaluation: wantedEvaluation,
  RouteEvaluation: routeEvaluation,
  EndpointList: endpointList,
  RegionsState: regionsState,
  EndpointPool: endpointPool,
  ScalingState: scalingState,
  ServiceRouteList: serviceRouteList,
  ServiceList: serviceList,
  GraphqlRouteList: graphqlRouteList,
  GrpcRouteList: grpcRouteList,
  SocketList: socketList,
  RouteDecision: routeDecision,
  WantedDecision: wantedDecision,
  ConfigChange: configChange,
  ConfigPlan: configPlan,
  ConfigProblem: configProblem,
  ConfigState: configState,
  ConfigText: configText,
  Cost: cost,
  CostForecast: costForecast,
  CreatedKey: createdKey,
  Failure: failure,
  FeatureFlagList: featureFlagList,
  GatewayState: gatewayState,
  GatewayStats: gatewayStats,
  KeyList: keyList,
  LoggedRequest: loggedRequest,
  ModelAbility: modelAbility,
  ModelEntry: modelEntry,
  ModelList: modelList,
  ModelPrice: modelPrice,
  ModelTarget: modelTarget,
  Quirk: quirk,
  QuirkList: quirkList,
  RequestList: requestList,
  RequestRecord: requestRecord,
  Series: series,
  SeriesPoint: seriesPoint,
  ShownKey: shownKey,
  SignInCode: signInCode,
  SignedIn: signedIn,
  SignedOut: signedOut,
  StageRecord: stageRecord,
  UpstreamError: upstreamError,
  UpstreamList: upstreamList,
  UpstreamState: upstreamState,
  Usage: usage,
  WantedBreakerMode: wantedBreakerMode,
  WantedKey: wantedKey,
  WantedQuirkState: wantedQuirkState,
  Warning: warning,
} as const satisfies Record<string, z.ZodType>;

export type ComponentName = keyof typeof components;

const id = z.string().min(1).max(64);
const text = z.string().min(1).max(200);

/** What `GET /api/gateway/series` may be asked. */
export const seriesQuery = z.strictObject({
  minutes: z.coerce.number().int().min(1).max(60).default(15).describe("How far back."),
});

/** What `GET /api/gateway/requests` may be asked. */
export const requestsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  before: z.exactOptional(id).describe("Only requests before this id, for paging."),
  after: z.exactOptional(id).describe("Only requests after this id, oldest first, for following."),
  status: z.exactOptional(z.enum(["ok", "error"])),
  model: z.exactOptional(text),
  keyId: z.exactOptional(id),
  tenant: z.exactOptional(id).describe("Only what belongs to this tenant."),
  project: z.exactOptional(id).describe("Only what belongs to this project."),
  user: z.exactOptional(text).describe("Only what this person asked."),
  route: z.exactOptional(text).describe("The route of `routes` that led to a service."),
  search: z.exactOptional(text).describe("Substring of id, model, provider or error code."),
});
