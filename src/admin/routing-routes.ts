import type { AdminRoute } from "./admin-route.ts";

/** Where requests go, and how many replicas they need: the part of the admin API about routing. */
export const routingRoutes = {
  readRegions: {
    method: "GET",
    path: "/api/gateway/regions",
    permission: "stats:read",
    summary: "Where content of requests may go, and how often it was kept from going elsewhere.",
    answer: "RegionsState",
  },
  admitTarget: {
    method: "POST",
    path: "/api/gateway/regions/{id}:admit",
    permission: "routing:write",
    audit: "admin.changed",
    summary: "Trusts a target (`provider/model`) again that has run a call outside its zone.",
    answer: "RegionsState",
  },
  readGuardrails: {
    method: "GET",
    path: "/api/gateway/guardrails",
    permission: "guardrails:read",
    summary:
      "What guardrails have found since the process began, and the latest blocks; never what was found.",
    answer: "GuardrailState",
  },
  readScaling: {
    method: "GET",
    path: "/api/gateway/scaling",
    permission: "stats:read",
    summary: "How many replicas pools will need, and why.",
    answer: "ScalingState",
  },
  listRoutes: {
    method: "GET",
    path: "/api/gateway/routing",
    permission: "stats:read",
    summary: "The pools that choose by a strategy, with their rules and last decisions.",
    answer: "RouteList",
  },
  steerRoute: {
    method: "POST",
    path: "/api/gateway/routing/{id}:learning",
    permission: "routing:write",
    audit: "admin.changed",
    summary: "Stops or resumes what a pool learns, or forgets what it has learned.",
    body: "WantedLearning",
    answer: "RouteState",
  },
  evaluateRoute: {
    method: "POST",
    path: "/api/gateway/routing/{id}:evaluate",
    permission: "stats:read",
    summary:
      "What another policy would have come to on the judged requests of a pool that learns; nothing is sent.",
    body: "WantedEvaluation",
    answer: "RouteEvaluation",
  },
  decideRoute: {
    method: "POST",
    path: "/api/gateway/routing:decide",
    permission: "stats:read",
    summary: "Where a request would go, and why; nothing is sent.",
    body: "WantedDecision",
    answer: "RouteDecision",
  },
} as const satisfies Record<string, AdminRoute>;
