import type { AdminRoute } from "./admin-route.ts";

/** Ordinary services: the part of the admin API about REST, GraphQL, gRPC and WebSockets. */
export const servicePlaneRoutes = {
  listServiceRoutes: {
    method: "GET",
    path: "/api/gateway/routes",
    permission: "stats:read",
    summary: "The routes to services: what they take, where they lead, and what has come by them.",
    answer: "ServiceRouteList",
  },
  listServices: {
    method: "GET",
    path: "/api/gateway/services",
    permission: "stats:read",
    summary: "The services: where they are, which routes lead to them, and how they have done.",
    answer: "ServiceList",
  },
  listGraphqlRoutes: {
    method: "GET",
    path: "/api/gateway/graphql",
    permission: "stats:read",
    summary:
      "The routes of GraphQL: schema, subgraphs, and the operations that were asked for, without variables.",
    answer: "GraphqlRouteList",
  },
  listGrpcRoutes: {
    method: "GET",
    path: "/api/gateway/grpc",
    permission: "stats:read",
    summary: "The routes of gRPC: calls by the status that they were told, messages, and who serves them.",
    answer: "GrpcRouteList",
  },
  listSockets: {
    method: "GET",
    path: "/api/gateway/sockets",
    permission: "stats:read",
    summary: "The WebSockets that are open: whose, since when, and how much they have carried.",
    answer: "SocketList",
  },
} as const satisfies Record<string, AdminRoute>;
