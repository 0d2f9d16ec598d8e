/** The messages of the gateway's own services, by their full names. */
export const ownMessages = [
  "ai.v1.CompleteRequest",
  "ai.v1.CompleteResponse",
  "ai.v1.StreamPart",
  "ai.v1.EmbedRequest",
  "ai.v1.EmbedResponse",
  "grpc.health.v1.HealthCheckRequest",
  "grpc.health.v1.HealthCheckResponse",
] as const;
export type OwnMessage = (typeof ownMessages)[number];

/**
 * The two forms of a message: protobuf's bytes, and its JSON (names in lowerCamelCase, enums by name, bytes as base64,
 * 64-bit integers as texts). Implementation: `platform/protobuf`.
 */
export interface MessageForms {
  /** @throws GatewayError `malformed_request` for bytes that are no such message. */
  readonly toJson: (message: OwnMessage, bytes: Uint8Array) => string;
  /**
   * What gzip has packed; `undefined`: it is longer than `bytesMax`.
   *
   * @throws GatewayError `malformed_request` for bytes that are no gzip.
   */
  readonly gunzip: (packed: Uint8Array, bytesMax: number) => Promise<Uint8Array | undefined>;
  /** Fields that the message does not have are passed over. @throws GatewayError `internal` for a text that is no such message. */
  readonly toBytes: (message: OwnMessage, json: string) => Uint8Array;
  /**
   * A client's JSON of a message as `toJson` writes it: names as in the `.proto`, enums by number and what else protobuf
   * allows are read, fields that the message does not have are passed over.
   *
   * @throws GatewayError `malformed_request` for a text that is no such message.
   */
  readonly readJson: (message: OwnMessage, json: string) => string;
}
