import { type Reach, reaches } from "../exchange/operator.ts";
import type { Control, Steering } from "../gateway/control.ts";
import { utf8Length } from "../kernel/utf8.ts";
import type { Clock } from "../ports/clock.ts";
import type { Answers, DataOf } from "./answer.ts";
import { auditAnswers } from "./audit.ts";
import { shownPool, steerEndpoint } from "./balancing.ts";
import { budgetAnswers } from "./budgets.ts";
import { listedBreakers, shownBreaker } from "./circuit-breakers.ts";
import { costQuery, shownCosts } from "./costs.ts";
import { shownGraphqlRoute } from "./graphql-routes.ts";
import { shownGrpcRoute } from "./grpc-routes.ts";
import { shownGuardrails } from "./guardrails.ts";
import { keyAnswers } from "./key-answers.ts";
import { limitAnswers } from "./limits.ts";
import { missing } from "./missing.ts";
import { openApiDocument } from "./openapi.ts";
import { operatorAnswers } from "./operators.ts";
import { policyAnswers } from "./policies.ts";
import {
  contentOf,
  policyOf,
  shownEndpoint,
  shownEvaluation,
  shownRoute,
  shownRouteState,
} from "./routing.ts";
import { shownScaling } from "./scaling.ts";
import { components, requestsQuery, seriesQuery } from "./schemas.ts";
import { shownServiceRoute } from "./service-routes.ts";
import { shownService } from "./services.ts";
import { sessionAnswers } from "./sign-in.ts";
import { signingKeyAnswers } from "./signing-keys.ts";
import { shownSocket } from "./sockets.ts";

export interface AnswerPorts {
  readonly control: Control;
  readonly clock: Clock;
  readonly version: string;
  /** Where the data plane listens. */
  readonly dataUrl: string;
}

const noneYet = (what: string) => `This version has no ${what}.`;

/** Where calls go of a provider that is served at several places. */
function endpointAnswers(
  control: Control,
): Pick<Answers, "listEndpoints" | "readEndpoints" | "ejectEndpoint" | "drainEndpoint" | "restoreEndpoint"> {
  const steered = (name: string, what: Steering) =>
    steerEndpoint(control.balancing, name, what) ?? missing("endpoint");
  return {
    listEndpoints: () => {
      const slots = control.slots();
      return {
        data: {
          endpoints: control.routing.endpoints().map((state) => shownEndpoint(state, slots)),
          pools: control.balancing.list().map(shownPool),
        },
      };
    },
    readEndpoints: ({ name }) => {
      const pool = control.balancing.list().find(({ provider }) => provider === name);
      return { data: shownPool(pool ?? missing("provider with several endpoints")) };
    },
    ejectEndpoint: ({ name }) => ({ data: steered(name, "eject") }),
    drainEndpoint: ({ name }) => ({ data: steered(name, "drain") }),
    restoreEndpoint: ({ name }) => ({ data: steered(name, "restore") }),
  };
}

/** Ordinary services. */
function servicePlaneAnswers(
  control: Control,
): Pick<
  Answers,
  "listServiceRoutes" | "listServices" | "listGraphqlRoutes" | "listGrpcRoutes" | "listSockets"
> {
  const { list: breakers } = control.breakers;
  return {
    listServiceRoutes: () => ({ data: { routes: control.routes().map(shownServiceRoute) } }),
    listServices: () => {
      const known = breakers();
      return { data: { services: control.services().map((service) => shownService(service, known)) } };
    },
    listGraphqlRoutes: () => {
      const known = breakers();
      return { data: { routes: control.graphql().map((route) => shownGraphqlRoute(route, known)) } };
    },
    listGrpcRoutes: () => ({ data: { routes: control.grpc().map(shownGrpcRoute) } }),
    listSockets: () => ({ data: { sockets: control.sockets().map(shownSocket) } }),
  };
}

/** The admin API's answers: translations of the control interface, no more. */
export function createAnswers({ control, clock, version, dataUrl }: AnswerPorts): Answers {
  let document: ReturnType<typeof openApiDocument> | undefined;
  return {
    readStats: () => ({ data: { ...stats(control), data_url: dataUrl } }),
    listChaosExperiments: () => ({ data: { experiments: [], total: 0, note: noneYet("fault injection") } }),
    listCircuitBreakers: () => ({
      data: { circuit_breakers: listedBreakers(control.breakers.list(), calledNames(control)) },
    }),
    setBreakerMode: async ({ name, body }) => {
      const { mode } = await body(components.WantedBreakerMode);
      return { data: shownBreaker(control.breakers.setMode(name, mode) ?? missing("circuit breaker")) };
    },
    ...auditAnswers(control.audit),
    ...endpointAnswers(control),
    ...budgetAnswers(control),
    readRegions: () => ({ data: control.regions.state() }),
    admitTarget: ({ name }) => {
      if (!control.regions.admit(name)) missing("target that is held to be elsewhere");
      return { data: control.regions.state() };
    },
    ...servicePlaneAnswers(control),
    readGuardrails: () => ({ data: shownGuardrails(control.guardrails()) }),
    ...policyAnswers(control, clock),
    readScaling: () => ({ data: shownScaling(control.demand()) }),
    listRoutes: () => ({ data: { routes: control.routing.routes().map(shownRouteState) } }),
    steerRoute: async ({ name, body }) => {
      const { action } = await body(components.WantedLearning);
      const state = control.routing.steer(name, action) ?? missing("pool that learns");
      return { data: shownRouteState(state) };
    },
    evaluateRoute: async ({ name, body }) => {
      const { policy, since } = await body(components.WantedEvaluation);
      const told = control.routing.evaluate(name, policyOf(policy), since) ?? missing("pool that learns");
      return { data: shownEvaluation(told) };
    },
    decideRoute: async ({ body }) => {
      const wanted = await body(components.WantedDecision);
      const { max_cost: maxCostUsd, max_latency_ms: maxLatencyMs, region } = wanted.constraints;
      const decided = control.routing.decide({
        model: wanted.model_type,
        inputTokens:
          wanted.prompt === undefined ? wanted.estimated_tokens : Math.ceil(utf8Length(wanted.prompt) / 4),
        prompt: wanted.prompt,
        content: contentOf(wanted),
        isStream: wanted.stream,
        outputTokensMax: wanted.max_output_tokens,
        strategy: wanted.strategy,
        maxCostUsd,
        maxLatencyMs,
        region,
      });
      return { data: shownRoute(decided) };
    },
    listCoolDowns: () => ({ data: { cooldowns: control.coolDowns.list() } }),
    endCoolDown: ({ name }) => {
      if (!control.coolDowns.end(name)) missing("cool-down");
      return { data: { cooldowns: control.coolDowns.list() } };
    },
    listFeatureFlags: () => ({ data: { feature_flags: [], total: 0, note: noneYet("feature flags") } }),
    listABTests: () => ({ data: { ab_tests: [], total: 0, note: noneYet("A/B tests") } }),
    listCanaryDeployments: () => ({
      data: { canary_deployments: [], total: 0, note: noneYet("canary deployments") },
    }),
    listUpstreams: () => ({ data: { upstreams: control.upstreams() } }),
    listModels: () => ({ data: control.models() }),
    listQuirks: () => ({ data: { quirks: control.quirks.list() } }),
    setQuirk: async ({ name, body }) => {
      const { state } = await body(components.WantedQuirkState);
      return { data: control.quirks.set(name, state) ?? missing("quirk") };
    },
    listDeniedTokens: () => ({ data: { denied: control.deniedTokens.list() } }),
    denyToken: async ({ body }) => ({
      data: await control.deniedTokens.deny(await body(components.WantedDenial)),
    }),
    allowToken: async ({ name }) => ({
      data: (await control.deniedTokens.allow(name)) ?? missing("denied token"),
    }),
    listTranslations: () => ({ data: { pairs: control.translations.pairs() } }),
    translateRequest: async ({ body }) => ({
      data: control.translations.translate(await body(components.WantedTranslation)),
    }),
    ...limitAnswers(control),
    readPrices: () => ({ data: control.prices.state() }),
    setPriceRows: async ({ body }) => ({
      data: control.prices.setRows((await body(components.WantedPriceRows)).rows),
    }),
    explainPrice: async ({ name, operator }) => {
      await requestWithin(control, name, operator);
      return { data: (await control.prices.explain(name)) ?? missing("request") };
    },
    readCostForecast: ({ query }) => {
      const asked = query(costQuery);
      return { data: shownCosts(control.costs.forecast(asked), asked.budgetUsd) };
    },
    readCatalog: () => ({ data: control.catalog.state() }),
    refreshCatalog: async () => ({ data: await control.catalog.refresh() }),
    approveCatalog: async ({ body }) => ({
      data: control.catalog.approve((await body(components.ApprovedCatalog)).fetchedAt),
    }),
    readSeries: ({ query }) => ({
      data: { bucketMs: 5000, points: control.series(query(seriesQuery).minutes) },
    }),
    listRequests: async ({ query, operator }) => {
      const filter = { ...query(requestsQuery), ...reachOf(operator) };
      const requests = await control.requests.list(filter);
      const next = requests.length < filter.limit ? null : (requests.at(-1)?.id ?? null);
      return { data: { requests, next } };
    },
    readRequest: async ({ name, operator }) => ({ data: await requestWithin(control, name, operator) }),
    ...keyAnswers(control),
    ...signingKeyAnswers(control),
    readConfig: () => ({ data: control.config.state() }),
    planConfig: async ({ body }) => ({
      data: await control.config.plan((await body(components.ConfigText)).text),
    }),
    reloadConfig: async () => ({ data: await control.config.reload() }),
    ...sessionAnswers(control, clock),
    ...operatorAnswers(control),
    readOpenApi: () => ({ data: (document ??= openApiDocument(version)) }),
  };
}

/** The names of the first five members are fixed by the operations specification, section 8. */
function stats(control: Control): Omit<DataOf<"readStats">, "data_url"> {
  return {
    routes_registered: control.models().models.length + control.routes().length,
    upstream_services: new Set(calledNames(control)).size,
    cache_stats: { hit_rate: null, entry_count: 0, cache_size_mb: 0 },
    policy_violations: control.policies.violationCount(),
    protocols_supported: ["rest", "graphql", "grpc", "websocket"],
    gateway: control.state(),
    notes: ["cache_stats: this version has no answer cache."],
  };
}

/** Providers and services, whether anybody has called them or not. */
const calledNames = (control: Control): readonly string[] => [
  ...control.upstreams().map(({ provider }) => provider),
  ...control.services().map(({ id }) => id),
];

/** What a list is narrowed to. A filter for something beyond it finds what lies within. */
const reachOf = ({ tenant, project }: Reach): Reach => ({
  ...(tenant === undefined ? {} : { tenant }),
  ...(project === undefined ? {} : { project }),
});

/** A request that the caller may see; what lies beyond does not exist. */
async function requestWithin(control: Control, id: string, within: Reach) {
  const found = await control.requests.read(id);
  if (found === undefined) return missing("request");
  const { tenant, project } = found;
  const of = { ...(tenant == null ? {} : { tenant }), ...(project == null ? {} : { project }) };
  return reaches(within, of) ? found : missing("request");
}
