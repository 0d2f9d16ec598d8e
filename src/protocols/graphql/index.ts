export { type GraphqlAccept, type GraphqlMediaType, readAccept } from "./accept.ts";
export {
  contentTypeOf,
  encodeBatch,
  encodeFaults,
  encodeRefusal,
  encodeResult,
  encodeUnknownDocument,
  type GraphqlAnswer,
  type GraphqlResponse,
  readResponse,
} from "./answer.ts";
export { greetingOf, initFields } from "./connection-init.ts";
export {
  type GraphqlHttpRequest,
  type GraphqlRequest,
  type GraphqlRequestSettings,
  graphqlRequestSettings,
  readGraphqlRequest,
  refuseByGet,
  refuseForgeable,
  writeGraphqlRequest,
} from "./http.ts";
export { readManifest } from "./manifest.ts";
export type { GraphqlParams } from "./params.ts";
export { takesProtocol, transportProtocol } from "./socket-message.ts";
export {
  createSubscriptionReader,
  keepAliveEvent,
  type SubscriptionEvent,
  writeComplete,
  writeNext,
} from "./sse.ts";
export {
  newSocket,
  type SocketEffect,
  type SocketEvent,
  type SocketSettings,
  type SocketState,
  socketSettings,
  stepSocket,
} from "./transport-ws.ts";
export {
  createDocumentStore,
  type DocumentStore,
  type ResolvedDocument,
  type TrustedMode,
} from "./trusted-documents.ts";
export {
  newUpstreamSocket,
  stepUpstreamSocket,
  type UpstreamSocketEffect,
  type UpstreamSocketEvent,
  type UpstreamSocketSettings,
} from "./upstream-socket.ts";
