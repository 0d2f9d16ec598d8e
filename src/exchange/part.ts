import type { Json, RawJson } from "../kernel/json.ts";
import type { EpochMs } from "../kernel/units.ts";
import type { UpstreamDialect } from "./dialect.ts";
import type { UpstreamFailure } from "./failure.ts";
import type { Finish } from "./finish.ts";
import type { Usage } from "./usage.ts";

/** A prompt-cache mark as the client set it. */
export interface CacheMark {
  readonly ttl?: "5m" | "1h";
}

/** Where the bytes of an image or a document are. */
export type MediaSource =
  | { readonly kind: "base64"; readonly data: string }
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly id: string };

/**
 * Provider state that must come back unchanged and is never looked into: a thinking signature, encrypted reasoning. It
 * stays on the part that the provider sealed: Gemini's on a tool call or a text, everybody else's on reasoning.
 */
export interface Seal {
  readonly origin: UpstreamDialect;
  readonly value: string;
  /** The id under which the provider knows the item; OpenAI's encrypted reasoning opens only beside it. */
  readonly itemId?: string;
  /** Inside which provider account it opens, where that is known: a seal that came back native does not say. */
  readonly boundary?: string;
}

/** Where a piece of text has its knowledge from. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  /** The words of the source, where the provider quotes them. */
  readonly quote?: string;
  /** The cited stretch of the text part, in UTF-16 code units; absent: the whole part. */
  readonly start?: number;
  readonly end?: number;
  /** The provider's own object, for a client of its own dialect. */
  readonly raw: Json;
  readonly origin: UpstreamDialect;
}

/** How likely a token was, and others in its place. */
export interface TokenLogprob extends RankedToken {
  /** The most likely ones, itself among them where it was. */
  readonly top: readonly RankedToken[];
}
export interface RankedToken {
  readonly token: string;
  /** The natural logarithm of its probability. */
  readonly logprob: number;
  /** Its UTF-8; absent: as `token` says. A token may be a part of a character. */
  readonly bytes?: readonly number[];
}

/** One piece of a message, in any dialect. */
export type Part = { readonly cache?: CacheMark } & (
  | {
      readonly kind: "text";
      readonly text: string;
      readonly citations?: readonly Citation[];
      /** Of its tokens, in order; absent: not told. */
      readonly logprobs?: readonly TokenLogprob[];
      readonly seal?: Seal;
    }
  | { readonly kind: "refusal"; readonly text: string }
  | {
      readonly kind: "image";
      readonly source: MediaSource;
      readonly mediaType?: string;
      readonly detail?: string;
    }
  | {
      readonly kind: "document";
      readonly source: MediaSource;
      readonly mediaType?: string;
      readonly title?: string;
    }
  | { readonly kind: "audio" | "video"; readonly source: MediaSource; readonly mediaType: string }
  /** `summary`: the text is the provider's summary of its reasoning, not the reasoning itself. */
  | {
      readonly kind: "reasoning";
      readonly text: string;
      readonly isSummary?: boolean;
      readonly seal?: Seal;
      readonly isRedacted: boolean;
    }
  /**
   * `argumentsText` is the JSON text as it arrived, never re-printed; `""` when there were none. For a call of a custom
   * tool (`isCustom`) it is the tool's free input.
   */
  | {
      readonly kind: "tool-call";
      readonly id: string;
      readonly name: string;
      readonly argumentsText: string;
      readonly isCustom?: boolean;
      readonly seal?: Seal;
    }
  | {
      readonly kind: "tool-result";
      readonly callId: string;
      /** The tool's name, where the dialect tells it. */
      readonly name?: string;
      readonly isError: boolean;
      readonly content: readonly Part[];
    }
  /**
   * A part whose type has no canonical form, a call or a result of a tool that the provider runs among them; passes on
   * the same dialect, is refused in a request and declared in an answer on another.
   */
  | {
      readonly kind: "opaque";
      readonly type: string;
      readonly origin: UpstreamDialect;
      readonly raw: RawJson;
    }
);

/**
 * What a streamed answer is made of.
 *
 *     start (block | whole | citation | logprobs | usage)* usage* (finish usage* | error)
 *     block = start, delta*, end of one `part` number; numbers count from 0 and never return; blocks may interleave
 */
export type StreamPart =
  | {
      readonly kind: "start";
      readonly answerId: string;
      readonly model: string;
      readonly createdAt?: EpochMs;
    }
  | { readonly kind: "text-start" | "refusal-start"; readonly part: number }
  | { readonly kind: "reasoning-start"; readonly part: number; readonly isSummary?: boolean }
  | {
      readonly kind: "text-delta" | "refusal-delta" | "reasoning-delta";
      readonly part: number;
      readonly text: string;
    }
  | { readonly kind: "refusal-end"; readonly part: number }
  | { readonly kind: "text-end" | "reasoning-end"; readonly part: number; readonly seal?: Seal }
  /** Inside an open text block, whose number is `part`; its stretch is counted in the text of that block. */
  | { readonly kind: "citation"; readonly part: number; readonly citation: Citation }
  /** Of the next tokens of an open text block, told with or after their text. */
  | { readonly kind: "logprobs"; readonly part: number; readonly tokens: readonly TokenLogprob[] }
  | {
      readonly kind: "tool-input-start";
      readonly part: number;
      readonly id: string;
      readonly name: string;
      readonly isCustom?: boolean;
      /** Known before the arguments: some clients have to be given it first. */
      readonly seal?: Seal;
    }
  | { readonly kind: "tool-input-delta"; readonly part: number; readonly argumentsText: string }
  | { readonly kind: "tool-input-end"; readonly part: number }
  /** What comes in one piece: redacted reasoning, an opaque part. */
  | { readonly kind: "whole"; readonly part: number; readonly value: Part }
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "finish"; readonly finish: Finish }
  | { readonly kind: "error"; readonly failure: UpstreamFailure };

/** What an encoder writes; a failure is told by `StreamEncoder.fail`. */
export type AnswerPart = Exclude<StreamPart, { kind: "error" }>;
