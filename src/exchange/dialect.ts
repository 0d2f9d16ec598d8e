/** What a client speaks to us. */
export type ClientDialect = ChatDialect | "openai-embeddings" | "anthropic-count" | OwnDialect;
/** The gateway's own services: no provider speaks them. */
export type OwnDialect = "ai-v1" | "ai-v1-embed";
/** The dialects in which clients ask for an answer in words. */
export type ChatDialect = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini-generate";

/** What we speak to a provider. */
export type UpstreamDialect =
  | Exclude<ClientDialect, OwnDialect>
  | "bedrock-converse"
  | "cohere-chat"
  | "mistral-chat"
  | "gemini-embeddings"
  | "cohere-embeddings";

/** What is asked for in a dialect; only upstream dialects of the same purpose serve it. */
export function purposeOf(dialect: ClientDialect | UpstreamDialect): "answer" | "vectors" | "token-count" {
  switch (dialect) {
    case "openai-embeddings":
    case "ai-v1-embed":
    case "gemini-embeddings":
    case "cohere-embeddings":
      return "vectors";
    case "anthropic-count":
      return "token-count";
    case "ai-v1":
    case "openai-chat":
    case "openai-responses":
    case "anthropic-messages":
    case "gemini-generate":
    case "bedrock-converse":
    case "cohere-chat":
    case "mistral-chat":
      return "answer";
  }
}

/**
 * How a request crosses the gateway.
 * `bytes`: both sides speak the same dialect, the original bytes pass and are only read.
 * `canonical`: through `Call` and `StreamPart`, losses declared.
 * `raw`: to one provider as it comes, the request not even read.
 * `service`: to an ordinary service, as its protocol has it.
 */
export type Lane = "bytes" | "canonical" | "raw" | "service";

/** How the pieces of a stream are told apart on the wire. Clients know the first two; `json-array` is Gemini's without `alt=sse`. */
export type Framing = "sse" | "json-array" | "aws-event-stream";

/** The framing a client of streams asks for. */
export type StreamForm = Extract<Framing, "sse" | "json-array">;

/** What is spoken with ordinary services. */
export type ServiceProtocol = "rest" | "graphql" | "grpc" | "websocket";
