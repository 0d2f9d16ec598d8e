/** What a client speaks to us. */
export type ClientDialect = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini-generate";

/** What we speak to a provider. */
export type UpstreamDialect = ClientDialect | "bedrock-converse" | "cohere-chat" | "mistral-chat";

/**
 * How a request crosses the gateway.
 * `bytes`: both sides speak the same dialect, the original bytes pass and are only read.
 * `canonical`: through `Call` and `StreamPart`, losses declared.
 * `raw`: to one provider as it comes, the request not even read.
 */
export type Lane = "bytes" | "canonical" | "raw";

/** How the pieces of a stream are told apart on the wire. Clients know the first two; `json-array` is Gemini's without `alt=sse`. */
export type Framing = "sse" | "json-array" | "aws-event-stream";

/** The framing a client of streams asks for. */
export type StreamForm = Extract<Framing, "sse" | "json-array">;
