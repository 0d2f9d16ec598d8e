import type { RawJson } from "../kernel/json.ts";
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

/** Provider state that must come back unchanged and is never looked into: a thinking signature, encrypted reasoning. */
export interface Seal {
  readonly origin: UpstreamDialect;
  readonly value: string;
}

/** One piece of a message, in any dialect. */
export type Part = { readonly cache?: CacheMark } & (
  | { readonly kind: "text"; readonly text: string }
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
  | { readonly kind: "audio"; readonly source: MediaSource; readonly mediaType: string }
  | { readonly kind: "reasoning"; readonly text: string; readonly seal?: Seal; readonly isRedacted: boolean }
  /** `argumentsText` is the JSON text as it arrived, never re-printed; `""` when there were none. */
  | { readonly kind: "tool-call"; readonly id: string; readonly name: string; readonly argumentsText: string }
  | {
      readonly kind: "tool-result";
      readonly callId: string;
      readonly isError: boolean;
      readonly content: readonly Part[];
    }
  /** A part whose type we do not know; passes on the same dialect, is refused or declared on another. */
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
 *     start (block | whole | usage)* usage* (finish usage* | error)
 *     block = start, delta*, end of one `part` number; numbers count from 0 and never return; blocks may interleave
 */
export type StreamPart =
  | {
      readonly kind: "start";
      readonly answerId: string;
      readonly model: string;
      readonly createdAt?: EpochMs;
    }
  | { readonly kind: "text-start" | "refusal-start" | "reasoning-start"; readonly part: number }
  | {
      readonly kind: "text-delta" | "refusal-delta" | "reasoning-delta";
      readonly part: number;
      readonly text: string;
    }
  | { readonly kind: "text-end" | "refusal-end"; readonly part: number }
  | { readonly kind: "reasoning-end"; readonly part: number; readonly seal?: Seal }
  | { readonly kind: "tool-input-start"; readonly part: number; readonly id: string; readonly name: string }
  | { readonly kind: "tool-input-delta"; readonly part: number; readonly argumentsText: string }
  | { readonly kind: "tool-input-end"; readonly part: number }
  /** What comes in one piece: redacted reasoning, an opaque part. */
  | { readonly kind: "whole"; readonly part: number; readonly value: Part }
  | { readonly kind: "usage"; readonly usage: Usage }
  | { readonly kind: "finish"; readonly finish: Finish }
  | { readonly kind: "error"; readonly failure: UpstreamFailure };
