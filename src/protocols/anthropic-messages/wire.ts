import type { Json, RawJson } from "../../kernel/json.ts";

/**
 * What we write to clients that speak Anthropic Messages; members are in the order, and null or absent, as the API
 * itself writes them. What clients send is read member by member in `decode.ts`.
 *
 * Source: Anthropic API reference, "Messages", version 2023-06-01; recorded answers.
 */
export type MessageBody = {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly stop_details?: StopDetails;
  readonly usage: UsageBody;
};

/** A block of an answer; raw JSON for one that came from this dialect and is not known to us. */
export type ContentBlock =
  | { readonly type: "text"; readonly text: string; readonly citations?: readonly Json[] }
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | { readonly type: "redacted_thinking"; readonly data: string }
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: RawJson }
  | RawJson;

export type StopReason =
  | "end_turn"
  | "max_tokens"
  | "stop_sequence"
  | "tool_use"
  | "pause_turn"
  | "refusal"
  | "model_context_window_exceeded";

export type StopDetails = {
  readonly type: "refusal";
  readonly category: null;
  readonly explanation: string | null;
};

/** Tokens in Anthropic's convention: `input_tokens` excludes what the cache gave or took. */
export type UsageBody = {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation?: {
    readonly ephemeral_5m_input_tokens: number;
    readonly ephemeral_1h_input_tokens: number;
  };
  readonly output_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
};

/** The events of a stream; each goes out under its own `type` as the event's name. */
export type StreamEvent =
  | { readonly type: "message_start"; readonly message: MessageBody }
  | { readonly type: "content_block_start"; readonly index: number; readonly content_block: ContentBlock }
  | { readonly type: "content_block_delta"; readonly index: number; readonly delta: BlockDelta }
  | { readonly type: "content_block_stop"; readonly index: number }
  | {
      readonly type: "message_delta";
      readonly delta: {
        readonly stop_reason: StopReason;
        readonly stop_sequence: string | null;
        readonly stop_details?: StopDetails;
      };
      readonly usage: UsageBody;
    }
  | { readonly type: "message_stop" };

export type BlockDelta =
  | { readonly type: "text_delta"; readonly text: string }
  | { readonly type: "thinking_delta"; readonly thinking: string }
  | { readonly type: "signature_delta"; readonly signature: string }
  | { readonly type: "citations_delta"; readonly citation: Json }
  | { readonly type: "input_json_delta"; readonly partial_json: string };

export type ErrorType =
  | "invalid_request_error"
  | "authentication_error"
  | "billing_error"
  | "permission_error"
  | "not_found_error"
  | "request_too_large"
  | "rate_limit_error"
  | "timeout_error"
  | "overloaded_error"
  | "api_error";

export type ErrorBody = {
  readonly type: "error";
  readonly error: { readonly type: ErrorType; readonly message: string };
  readonly request_id: string;
};
