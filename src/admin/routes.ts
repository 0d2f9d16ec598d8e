import type * as z from "zod";
import { type ComponentName, requestsQuery, seriesQuery } from "./schemas.ts";

/** What a caller must hold. `public` is the one exception, and is written out wherever it is meant. */
export type Permission =
  | "public"
  | `${"stats" | "upstreams" | "models" | "requests" | "keys" | "config" | "session" | "openapi" | "metrics"}:read`
  | `${"breakers" | "models" | "keys" | "config" | "session"}:write`;

/** One row of the admin API. */
export interface AdminRoute {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** `{id}` stands for one segment, or for what comes before a `:word` at its end. */
  readonly path: `/${string}`;
  readonly permission: Permission;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: ComponentName;
  /** What `data` of the answer is; `document` is the OpenAPI document itself, without the envelope. */
  readonly answer: ComponentName | "document";
  /** The status of success; 200 when absent. */
  readonly status?: 201;
}

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
  listRoutes: {
    method: "GET",
    path: "/api/gateway/routing",
    permission: "stats:read",
    summary: "The pools that choose by a strategy, with their rules and last decisions.",
    answer: "RouteList",
  },
  decideRoute: {
    method: "POST",
    path: "/api/gateway/routing:decide",
    permission: "stats:read",
    summary: "Where a request would go, and why; nothing is sent.",
    body: "WantedDecision",
    answer: "RouteDecision",
  },
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
    summary: "How the cost of a request came about.",
    answer: "PriceExplanation",
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
    summary: "The request log, a page at a time.",
    query: requestsQuery,
    answer: "RequestList",
  },
  readRequest: {
    method: "GET",
    path: "/api/gateway/requests/{id}",
    permission: "requests:read",
    summary: "Everything that is kept of one request.",
    answer: "RequestRecord",
  },
  listKeys: {
    method: "GET",
    path: "/api/gateway/keys",
    permission: "keys:read",
    summary: "The client keys, without the keys themselves.",
    answer: "KeyList",
  },
  createKey: {
    method: "POST",
    path: "/api/gateway/keys",
    permission: "keys:write",
    summary: "Makes a client key; the answer is the only place where it is shown.",
    body: "WantedKey",
    answer: "CreatedKey",
    status: 201,
  },
  revokeKey: {
    method: "DELETE",
    path: "/api/gateway/keys/{id}",
    permission: "keys:write",
    summary: "Revokes a client key, from the next request on.",
    answer: "ShownKey",
  },
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
    summary: "Trades the one-time code of the admin link for a session cookie.",
    body: "SignInCode",
    answer: "SignedIn",
    status: 201,
  },
  readSession: {
    method: "GET",
    path: "/api/gateway/session",
    permission: "session:read",
    summary: "Who the caller is.",
    answer: "Caller",
  },
  signOut: {
    method: "DELETE",
    path: "/api/gateway/session",
    permission: "session:write",
    summary: "Ends the session of the cookie.",
    answer: "SignedOut",
  },
  readOpenApi: {
    method: "GET",
    path: "/api/gateway/openapi.json",
    permission: "openapi:read",
    summary: "This document.",
    answer: "document",
  },
} as const satisfies Record<string, AdminRoute>;

export type RouteId = keyof typeof routes;
