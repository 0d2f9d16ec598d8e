import type { GraphqlRouteState } from "./graphql-states.ts";
import type { GrpcRouteState } from "./grpc-states.ts";
import type { RouteTraffic } from "./route-tallies.ts";
import type { ServiceState } from "./service-states.ts";
import type { SocketState } from "./sockets.ts";

/** A route of the running configuration to a service, and what has come by it. */
export interface ServiceRouteState {
  readonly id: string;
  readonly protocol: string;
  readonly path: string;
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  readonly when: string | null;
  /** `null`: a federation, whose subgraphs are services. */
  readonly service: string | null;
  readonly auth: "required" | "none";
  readonly rewrite: string | null;
  readonly traffic: RouteTraffic;
}

/** Ordinary services, as they are looked at. */
export interface ServicePlane {
  /** The routes to services. */
  readonly routes: () => readonly ServiceRouteState[];
  /** The WebSockets that are open. */
  readonly sockets: () => readonly SocketState[];
  readonly services: () => readonly ServiceState[];
  /** The routes of GraphQL. */
  readonly graphql: () => readonly GraphqlRouteState[];
  /** The routes of gRPC. */
  readonly grpc: () => readonly GrpcRouteState[];
}
