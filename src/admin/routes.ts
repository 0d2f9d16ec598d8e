import type { AdminRoute } from "./admin-route.ts";
import { auditRoutes } from "./audit-routes.ts";
import { balancingRoutes } from "./balancing-routes.ts";
import { budgetRoutes } from "./budget-routes.ts";
import { costQuery } from "./costs.ts";
import { deniedTokenRoutes } from "./denied-token-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { limitRoutes } from "./limit-routes.ts";
import { operatorRoutes } from "./operator-routes.ts";
import { policyRoutes } from "./policy-routes.ts";
import { routingRoutes } from "./routing-routes.ts";
import { requestsQuery, seriesQuery } from "./schemas.ts";
import { servicePlaneRoutes } from "./service-plane-routes.ts";
import { signingKeyRoutes } from "./signing-key-routes.ts";

/** The whole admin API, by operation id. The OpenAPI document, the router, the sweep test and the client are made from this. */
export const routes = {
  readStats: {
    method: "GET",
    path: "/api/gateway/stats",
    permission: "stats:read",
    summary: "The gateway in figures.",
    answer: "GatewayStats",
  },
  listChaosExperiments: {
    method: "GET",
    path: "/api/gateway/chaos/experiments",
    permission: "stats:read",
    summary: "Fault-injection experiments.",
    answer: "ChaosExperimentList",
  },
  listCircuitBreakers: {
    method: "GET",
    path: "/api/gateway/circuit-breakers",
    permission: "stats:read",
    summary: "The circuit breakers of all targets, by provider.",
    answer: "CircuitBreakerList",
  },
  setBreakerMode: {
    method: "POST",
    path: "/api/gateway/circuit-breakers/{id}:mode",
    permission: "breakers:write",
    summary:
      "Opens or closes the breaker of a target (`provider/model`) by hand, or leaves it to itself again.",
    body: "WantedBreakerMode",
    answer: "CircuitBreaker",
  },
  ...auditRoutes,
  ...balancingRoutes,
  ...budgetRoutes,
  ...routingRoutes,
  ...servicePlaneRoutes,
  ...deniedTokenRoutes,
  ...policyRoutes,
  ...operatorRoutes,
  listCoolDowns: {
    method: "GET",
    path: "/api/gateway/cooldowns",
    permission: "stats:read",
    summary: "Targets and credentials that are left alone for a time, since they said so or were refused.",
    answer: "CoolDownList",
  },
  endCoolDown: {
    method: "DELETE",
    path: "/api/gateway/cooldowns/{id}",
    permission: "breakers:write",
    summary: "Ends the cool-down of a target (`provider/model`) or of a provider's credential (`provider`).",
    answer: "CoolDownList",
  },
  listFeatureFlags: {
    method: "GET",
    path: "/api/gateway/feature-flags",
    permission: "stats:read",
    summary: "Feature flags.",
    answer: "FeatureFlagList",
  },
  listABTests: {
    method: "GET",
    path: "/api/gateway/ab-tests",
    permission: "stats:read",
    summary: "A/B tests.",
    answer: "ABTestList",
  },
  listCanaryDeployments: {
    method: "GET",
    path: "/api/gateway/canary-deployments",
    permission: "stats:read",
    summary: "Canary deployments.",
    answer: "CanaryDeploymentList",
  },
  listUpstreams: {
    method: "GET",
    path: "/api/gateway/upstreams",
    permission: "upstreams:read",
    summary: "The providers and how they have done.",
    answer: "UpstreamList",
  },
  listModels: {
    method: "GET",
    path: "/api/gateway/models",
    permission: "models:read",
    summary: "The names a client may use and where each leads.",
    answer: "ModelList",
  },
  listQuirks: {
    method: "GET",
    path: "/api/gateway/quirks",
    permission: "models:read",
    summary: "What was learned of models from the refusals of their providers.",
    answer: "QuirkList",
  },
  setQuirk: {
    method: "PUT",
    path: "/api/gateway/quirks/{id}",
    permission: "models:write",
    summary: "Pins what was learned, forbids it, or leaves it to time again.",
    body: "WantedQuirkState",
    answer: "Quirk",
  },
  listTranslations: {
    method: "GET",
    path: "/api/gateway/translations",
    permission: "stats:read",
    summary: "Calls between dialects, and what was declared of them.",
    answer: "TranslationList",
  },
  translateRequest: {
    method: "POST",
    path: "/api/gateway/translate",
    permission: "models:read",
    summary:
      "What an upstream would be sent for a client's request, and what would be lost; nothing is sent.",
    body: "WantedTranslation",
    answer: "Translated",
  },
  ...limitRoutes,
  readPrices: {
    method: "GET",
    path: "/api/gateway/prices",
    permission: "models:read",
    summary: "The price book, what it does not know, and where providers charge otherwise.",
    answer: "PricesState",
  },
  setPriceRows: {
    method: "PUT",
    path: "/api/gateway/prices/rows",
    permission: "models:write",
    summary: "Replaces the price rows that were set while the gateway runs.",
    body: "WantedPriceRows",
    answer: "PricesState",
  },
  explainPrice: {
    method: "GET",
    path: "/api/gateway/prices/explain/{id}",
    permission: "requests:read",
    reach: "tenant",
    summary: "How the cost of a request came about.",
    answer: "PriceExplanation",
  },
  readCostForecast: {
    method: "GET",
    path: "/api/gateway/costs/forecast",
    permission: "stats:read",
    summary: "What was spent day by day, and what the month will have cost at its end.",
    query: costQuery,
    answer: "CostForecast",
  },
  readCatalog: {
    method: "GET",
    path: "/api/gateway/catalog",
    permission: "models:read",
    summary: "What is known of models from outside: in use, and waiting for approval.",
    answer: "CatalogState",
  },
  refreshCatalog: {
    method: "POST",
    path: "/api/gateway/catalog/refresh",
    permission: "models:write",
    summary: "Fetches what is known of models now.",
    answer: "CatalogState",
  },
  approveCatalog: {
    method: "POST",
    path: "/api/gateway/catalog/approve",
    permission: "models:write",
    summary: "Puts what was fetched to use.",
    body: "ApprovedCatalog",
    answer: "CatalogState",
  },
  readSeries: {
    method: "GET",
    path: "/api/gateway/series",
    permission: "stats:read",
    summary: "The last minutes in buckets of five seconds.",
    query: seriesQuery,
    answer: "Series",
  },
  listRequests: {
    method: "GET",
    path: "/api/gateway/requests",
    permission: "requests:read",
    reach: "tenant",
    summary: "The request log, a page at a time.",
    query: requestsQuery,
    answer: "RequestList",
  },
  readRequest: {
    method: "GET",
    path: "/api/gateway/requests/{id}",
    permission: "requests:read",
    reach: "tenant",
    summary: "Everything that is kept of one request.",
    answer: "RequestRecord",
  },
  ...keyRoutes,
  ...signingKeyRoutes,
  readConfig: {
    method: "GET",
    path: "/api/gateway/config",
    permission: "config:read",
    summary: "The running configuration, and what is wrong with a newer one.",
    answer: "ConfigState",
  },
  planConfig: {
    method: "POST",
    path: "/api/gateway/config/plan",
    permission: "config:read",
    summary: "What a configuration text would change. Changes nothing.",
    body: "ConfigText",
    answer: "ConfigPlan",
  },
  reloadConfig: {
    method: "POST",
    path: "/api/gateway/config/reload",
    permission: "config:write",
    summary: "Reads the configuration file again now.",
    answer: "ConfigState",
  },
  signIn: {
    method: "POST",
    path: "/api/gateway/session",
    permission: "public",
    summary: "Trades the one-time code of the admin link, or a name and its password, for a session cookie.",
    body: "SignIn",
    answer: "SignedIn",
    status: 201,
  },
  readSession: {
    method: "GET",
    path: "/api/gateway/session",
    permission: "session:read",
    reach: "tenant",
    summary: "Who the caller is.",
    answer: "Caller",
  },
  signOut: {
    method: "DELETE",
    path: "/api/gateway/session",
    permission: "session:write",
    reach: "tenant",
    summary: "Ends the session of the cookie.",
    answer: "SignedOut",
  },
  readOpenApi: {
    method: "GET",
    path: "/api/gateway/openapi.json",
    permission: "openapi:read",
    reach: "tenant",
    summary: "This document.",
    answer: "document",
  },
} as const satisfies Record<string, AdminRoute>;

export type RouteId = keyof typeof routes;
