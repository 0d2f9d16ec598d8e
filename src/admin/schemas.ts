import * as z from "zod";
import { auditComponents } from "./audit-schemas.ts";
import { endpointPool } from "./balancing-schemas.ts";
import { circuitBreaker, circuitBreakerList, coolDownList, wantedBreakerMode } from "./breaker-schemas.ts";
import { budgetList, ledgerPage, shownBudget, wantedBudget } from "./budget-schemas.ts";
import { configChange, configPlan, configProblem, configState, configText } from "./config-schemas.ts";
import { costForecast } from "./costs.ts";
import { deniedToken, deniedTokenList, wantedDenial } from "./denied-tokens.ts";
import { graphqlRouteList } from "./graphql-routes.ts";
import { grpcRouteList } from "./grpc-routes.ts";
import { guardrailState } from "./guardrails.ts";
import {
  createdKey,
  keyChanges,
  keyList,
  ownerChanges,
  projectList,
  shownKey,
  shownProject,
  shownTenant,
  tenantList,
  wantedKey,
  wantedProject,
  wantedRotation,
  wantedTenant,
} from "./key-schemas.ts";
import { limitList, limitState, wantedLimit } from "./limit-schemas.ts";
import {
  createdToken,
  operatorList,
  removedOperator,
  shownOperator,
  wantedOperator,
} from "./operator-schemas.ts";
import { policyComponents } from "./policy-schemas.ts";
import { priceExplanation, priceRow, pricesState, wantedPriceRows } from "./price-schemas.ts";
import { count, epochMs, errorCode, knownNanoUsd, spanMs } from "./quantities.ts";
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
import { signingKeyComponents } from "./signing-key-schemas.ts";
import { socketList } from "./sockets.ts";
import {
  abTestList,
  canaryDeploymentList,
  chaosExperimentList,
  featureFlagList,
  gatewayState,
  gatewayStats,
  series,
  seriesPoint,
} from "./stats-schemas.ts";
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

const signIn = z.union([
  z.strictObject({ code: z.string().min(1).max(200).describe("The one-time code of the admin link.") }),
  z.strictObject({ name: z.string().min(1).max(100), password: z.string().min(1).max(1000) }),
]);
const signedIn = z.strictObject({ expiresAt: epochMs });
const signedOut = z.strictObject({ isSignedIn: z.literal(false) });
const caller = z.strictObject({
  kind: z.enum(["session", "bearer"]).describe("Signed in by cookie, or by `Authorization: Bearer`."),
  id: z.string(),
  name: z.string(),
  role: shownOperator.shape.role,
  tenant: z
    .string()
    .optional()
    .describe("They see and change what is of this tenant alone; absent: everything."),
  project: z.string().optional(),
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
  DeniedToken: deniedToken,
  DeniedTokenList: deniedTokenList,
  WantedDenial: wantedDenial,
  ...policyComponents,
  ...auditComponents,
  Translated: translated,
  TranslationList: translationList,
  WantedTranslation: wantedTranslation,
  PriceExplanation: priceExplanation,
  PriceRow: priceRow,
  Budget: shownBudget,
  BudgetList: budgetList,
  WantedBudget: wantedBudget,
  LedgerPage: ledgerPage,
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
  GuardrailState: guardrailState,
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
  CreatedToken: createdToken,
  OperatorList: operatorList,
  RemovedOperator: removedOperator,
  ShownOperator: shownOperator,
  WantedOperator: wantedOperator,
  KeyChanges: keyChanges,
  KeyList: keyList,
  LimitList: limitList,
  LimitState: limitState,
  OwnerChanges: ownerChanges,
  ProjectList: projectList,
  ShownProject: shownProject,
  ShownTenant: shownTenant,
  TenantList: tenantList,
  WantedProject: wantedProject,
  WantedRotation: wantedRotation,
  WantedTenant: wantedTenant,
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
  SignIn: signIn,
  SignedIn: signedIn,
  SignedOut: signedOut,
  StageRecord: stageRecord,
  UpstreamError: upstreamError,
  UpstreamList: upstreamList,
  UpstreamState: upstreamState,
  Usage: usage,
  WantedBreakerMode: wantedBreakerMode,
  WantedKey: wantedKey,
  WantedLimit: wantedLimit,
  WantedQuirkState: wantedQuirkState,
  ...signingKeyComponents,
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
