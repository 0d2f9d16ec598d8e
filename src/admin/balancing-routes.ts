import type { AdminRoute } from "./admin-route.ts";

/** How calls are shared among the endpoints of providers: the part of the admin API about load balancing. */
export const balancingRoutes = {
  listEndpoints: {
    method: "GET",
    path: "/api/gateway/balancing",
    permission: "stats:read",
    summary:
      "How fast targets are among how many requests, what they are at work on, and how well; and the endpoints of providers that have several.",
    answer: "EndpointList",
  },
  readEndpoints: {
    method: "GET",
    path: "/api/gateway/balancing/{id}",
    permission: "stats:read",
    summary: "The endpoints of a provider that has several.",
    answer: "EndpointPool",
  },
  ejectEndpoint: {
    method: "POST",
    path: "/api/gateway/balancing/{id}:eject",
    permission: "breakers:write",
    audit: "breaker.changed",
    summary:
      "Takes an endpoint (`provider/endpoint`, as one segment) out as its own failures would: for 30 s, longer each further time.",
    answer: "EndpointPool",
  },
  drainEndpoint: {
    method: "POST",
    path: "/api/gateway/balancing/{id}:drain",
    permission: "breakers:write",
    audit: "breaker.changed",
    summary:
      "Sends an endpoint (`provider/endpoint`, as one segment) no new calls until it is restored; those in flight end.",
    answer: "EndpointPool",
  },
  restoreEndpoint: {
    method: "POST",
    path: "/api/gateway/balancing/{id}:restore",
    permission: "breakers:write",
    audit: "breaker.changed",
    summary:
      "Takes an endpoint (`provider/endpoint`, as one segment) back that was ejected or drained; it starts slowly.",
    answer: "EndpointPool",
  },
} as const satisfies Record<string, AdminRoute>;
