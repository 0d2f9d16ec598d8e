import type {
  GraphqlRouteState,
  GrpcRouteState,
  ServiceRouteState,
  ServiceState,
  SocketState,
} from "../gateway/control.ts";
import { epochMs } from "../kernel/units.ts";
import { startedAt } from "./control-samples.test-support.ts";

/** A route by which something has come. */
export const sampleServiceRoute: ServiceRouteState = {
  id: "orders",
  protocol: "rest",
  path: "/orders/*",
  hosts: ["api.example.com"],
  methods: ["GET"],
  when: null,
  service: "orders",
  auth: "required",
  rewrite: null,
  traffic: {
    requests: 3,
    refused: 1,
    rejects: { target_form: 1 },
    failed: 1,
    latencyMs: { p50: 12, p99: 80 },
    bytesIn: 10,
    bytesOut: 20,
    lastAt: 1_767_225_600_000,
    lastError: "upstream_failed",
  },
};

/** The same as it is answered. */
export const shownSampleServiceRoute = {
  ...sampleServiceRoute,
  traffic: {
    requests: 3,
    refused: 1,
    rejects: { target_form: 1 },
    failed: 1,
    latency_ms: { p50: 12, p99: 80 },
    bytes_in: 10,
    bytes_out: 20,
    last_at: 1_767_225_600_000,
    last_error: "upstream_failed",
  },
};

/** A service with two addresses. */
export const sampleService: ServiceState = {
  id: "orders",
  region: "eu-central-1",
  protocols: ["rest"],
  routes: ["orders"],
  url: "https://a.orders.example/v2",
  endpoints: [
    { name: "a", url: "https://a.orders.example/v2", region: "eu-central-1", state: "in", inFlight: 1 },
    { name: "b", url: "https://b.orders.example/v2", region: null, state: "ejected", inFlight: 0 },
  ],
  requests: 4,
  failed: 1,
  inFlight: 1,
};

const shownEndpoints = [
  { name: "a", url: "https://a.orders.example/v2", region: "eu-central-1", state: "in", in_flight: 1 },
  { name: "b", url: "https://b.orders.example/v2", region: null, state: "ejected", in_flight: 0 },
];

/** The same as it is answered. */
export const shownSampleService = {
  id: "orders",
  region: "eu-central-1",
  protocols: ["rest"],
  routes: ["orders"],
  url: "https://a.orders.example/v2",
  endpoints: shownEndpoints,
  breaker: "closed",
  requests: 4,
  failed: 1,
  in_flight: 1,
};

/** A route over two subgraphs. */
export const sampleGraphqlRoute: GraphqlRouteState = {
  id: "graph",
  schema: { version: "0123456789ab", source: "federation", types: 7 },
  problems: ["`routes.graph.graphql.supergraph` cannot be used: type User: it has no key"],
  subgraphs: [
    { name: "users", service: "users", requests: 3, failed: 1, latencyMs: { p50: 4, p99: 9 } },
    { name: "items", service: "items", requests: 0, failed: 0, latencyMs: null },
  ],
  operations: [
    {
      ...{ name: "Users", type: "query", digest: "ba9876543210", requests: 3, errors: 1, failed: 0 },
      ...{ refused: 0, lastAt: startedAt, latencyMs: { p50: 5, p99: 10 }, costMax: 12, depthMax: 3 },
    },
    {
      ...{ name: null, type: null, digest: "00ff00ff00ff", requests: 1, errors: 0, failed: 0 },
      ...{ refused: 1, lastAt: startedAt, latencyMs: null, costMax: null, depthMax: null },
    },
  ],
  plans: { plans: 1, hits: 2, misses: 1 },
};

/** The same as it is answered. */
export const shownSampleGraphqlRoute = {
  id: "graph",
  schema: { version: "0123456789ab", source: "federation", types: 7 },
  problems: ["`routes.graph.graphql.supergraph` cannot be used: type User: it has no key"],
  subgraphs: [
    {
      ...{ name: "users", service: "users", breaker: "closed", requests: 3, failed: 1 },
      latency_ms: { p50: 4, p99: 9 },
    },
    {
      ...{ name: "items", service: "items", breaker: "closed", requests: 0, failed: 0 },
      latency_ms: null,
    },
  ],
  operations: [
    {
      ...{ name: "Users", type: "query", digest: "ba9876543210", requests: 3, errors: 1, failed: 0 },
      ...{ refused: 0, last_at: startedAt, latency_ms: { p50: 5, p99: 10 }, cost_max: 12, depth_max: 3 },
    },
    {
      ...{ name: null, type: null, digest: "00ff00ff00ff", requests: 1, errors: 0, failed: 0 },
      ...{ refused: 1, last_at: startedAt, latency_ms: null, cost_max: null, depth_max: null },
    },
  ],
  plans: { kept: 1, hits: 2, misses: 1 },
};

/** A route of gRPC with a call on its way. */
export const sampleGrpcRoute: GrpcRouteState = {
  id: "echo",
  path: "/test.Echo/*",
  service: "orders",
  calls: 3,
  openStreams: 1,
  messagesIn: 5,
  messagesOut: 7,
  byCode: { OK: 2, UNAVAILABLE: 1 },
  endpoints: sampleService.endpoints,
};

/** The same as it is answered. */
export const shownSampleGrpcRoute = {
  id: "echo",
  path: "/test.Echo/*",
  service: "orders",
  calls: 3,
  open_streams: 1,
  messages_in: 5,
  messages_out: 7,
  by_code: { OK: 2, UNAVAILABLE: 1 },
  endpoints: shownEndpoints,
};

/** A WebSocket that is open. */
export const sampleSocket: SocketState = {
  id: "0198b2c4-0000-7000-8000-000000000009",
  keyId: "key_1",
  keyName: "demo",
  address: "192.0.2.7",
  route: "chat",
  mode: "inspect",
  since: epochMs(startedAt),
  bytesUp: 10,
  bytesDown: 20,
  messagesUp: 1,
  messagesDown: 2,
  costNanoUsd: null,
};

/** A pair of dialects between which calls were translated. */
export const sampleTranslations = {
  ...{ client: "openai-chat", upstream: "anthropic-messages", calls: 3, bytes: 0, failed: 1 },
  warnings: [{ kind: "dropped", subject: "seed", calls: 2 }],
} as const;
