import type { Annotation } from "./citations.ts";
import type { ReasoningDetail } from "./reasoning.ts";

/** Why a choice ended, in the words of Chat. */
export type ChatFinish = "stop" | "length" | "tool_calls" | "content_filter";

/** What `usage` is in an answer. */
export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number;
    readonly cache_write_tokens?: number;
    readonly audio_tokens?: number;
  };
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number; readonly audio_tokens?: number };
}

/** Where Google's own Chat endpoint has the seal of a message or a call. */
export interface ExtraContent {
  readonly google: { readonly thought_signature: string };
}

export type ChatToolCall = { readonly id: string; readonly extra_content?: ExtraContent } & (
  | {
      readonly type: "function";
      readonly function: { readonly name: string; readonly arguments: string };
    }
  | { readonly type: "custom"; readonly custom: { readonly name: string; readonly input: string } }
);

/** The members in which reasoning text goes out. */
export interface ReasoningText {
  readonly reasoning_content?: string;
  readonly reasoning?: string;
}

export interface ChatMessage extends ReasoningText {
  readonly role: "assistant";
  readonly content: string | null;
  readonly refusal: string | null;
  readonly annotations?: readonly Annotation[];
  readonly reasoning_details?: readonly ReasoningDetail[];
  readonly tool_calls?: readonly ChatToolCall[];
  readonly extra_content?: ExtraContent;
}

export interface ChatRankedToken {
  readonly token: string;
  readonly logprob: number;
  readonly bytes: readonly number[];
}
export interface ChatLogprobs {
  readonly content: readonly (ChatRankedToken & { readonly top_logprobs: readonly ChatRankedToken[] })[];
  readonly refusal: null;
}

export interface ChatCompletion {
  readonly id: string;
  readonly object: "chat.completion";
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: ChatMessage;
    readonly logprobs: ChatLogprobs | null;
    readonly finish_reason: ChatFinish;
  }[];
  readonly usage?: ChatUsage;
  readonly service_tier?: string;
}

/** What a chunk adds to the message. */
export interface ChatDelta extends ReasoningText {
  readonly role?: "assistant";
  readonly content?: string;
  readonly refusal?: string | null;
  readonly annotations?: readonly Annotation[];
  readonly reasoning_details?: readonly ReasoningDetail[];
  readonly tool_calls?: readonly ChatCallDelta[];
  readonly extra_content?: ExtraContent;
}

/** What a chunk adds to one call: first its id, type and name, then its arguments or its input. */
export interface ChatCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly type?: "function" | "custom";
  readonly function?: { readonly name?: string; readonly arguments: string };
  readonly custom?: { readonly name?: string; readonly input: string };
  readonly extra_content?: ExtraContent;
}

/** A wire object as its text: members in the order they were written, absent ones left out. */
export function printWire(value: ChatCompletion | ChatUsage | ChatDelta): string {
  return JSON.stringify(value);
}
