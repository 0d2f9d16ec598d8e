/** What is spoken on a route, as the configuration has it and as people write it. */
export const protocols = [
  { value: "rest", name: "REST" },
  { value: "graphql", name: "GraphQL" },
  { value: "grpc", name: "gRPC" },
  { value: "websocket", name: "WebSocket" },
] as const;

/** A protocol as people write it. */
export const protocolName = (protocol: string): string =>
  protocols.find(({ value }) => value === protocol)?.name ?? protocol;
