/** What a client speaks to us. */
export type ClientDialect = "openai-chat" | "anthropic-messages";

/** What we speak to a provider. */
export type UpstreamDialect = "openai-chat" | "anthropic-messages";

/**
 * How a request crosses the gateway.
 * `bytes`: both sides speak the same dialect, the original bytes pass and are only read.
 * `canonical`: through `Call` and `StreamPart`, losses declared.
 */
export type Lane = "bytes" | "canonical";
