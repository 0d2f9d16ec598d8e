import type { Json, RawJson } from "../kernel/json.ts";
import type { ClientDialect } from "./dialect.ts";
import type { CacheMark, Part } from "./part.ts";

/** A tool the model may call. */
export type Tool =
  | {
      readonly kind: "function";
      readonly name: string;
      readonly description?: string;
      /** The JSON Schema as the client wrote it. */
      readonly parameters?: Json;
      readonly strict?: boolean;
      readonly cache?: CacheMark;
    }
  /** A tool whose input is free text; `format` is the grammar it has to follow. */
  | {
      readonly kind: "custom";
      readonly name: string;
      readonly description?: string;
      readonly format?: Json;
      readonly cache?: CacheMark;
    }
  /** A tool that only the client's own dialect knows: provider-run, or new. */
  | { readonly kind: "opaque"; readonly type: string; readonly name?: string; readonly raw: Json };

export interface Turn {
  readonly role: "user" | "assistant" | "system" | "developer";
  /** Tool results live in user turns. */
  readonly parts: readonly Part[];
  readonly name?: string;
}

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  readonly choices?: number;
  readonly outputTokensMax?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  /** Log probabilities of the tokens, with so many alternatives each; 0: of the chosen ones only. */
  readonly logprobs?: number;
  readonly logitBias?: Json;
}

export type Effort = "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max";

/** What is to be made into vectors, in order. */
export interface Embedding {
  /** Texts; lists of token ids are OpenAI's alone. */
  readonly inputs: readonly (string | readonly number[])[];
  readonly dimensions?: number;
  /** What the vectors are for, in the words of Cohere: `search_document`, `search_query`, `classification`, `clustering`. */
  readonly purpose?: string;
}

/**
 * A request for one answer, in the canonical form: a superset of the dialects. Made only when a request has to be
 * translated; requests between equal dialects keep their bytes.
 */
export interface Call {
  readonly source: ClientDialect;
  readonly model: string;
  /** System text in order. */
  readonly instructions: readonly Part[];
  readonly turns: readonly Turn[];
  readonly tools: readonly Tool[];
  readonly toolChoice?:
    | { readonly kind: "auto" | "none" | "any" }
    | { readonly kind: "named"; readonly name: string }
    /** Only these may be called; `isRequired`: one of them has to be. */
    | { readonly kind: "among"; readonly names: readonly string[]; readonly isRequired: boolean };
  readonly parallelTools?: boolean;
  readonly output?:
    | { readonly kind: "json" }
    | { readonly kind: "schema"; readonly name: string; readonly schema: Json; readonly strict: boolean };
  readonly sampling: Sampling;
  readonly reasoning?: {
    readonly effort?: Effort;
    readonly budgetTokens?: number;
    readonly adaptive?: boolean;
    /** How much of it the client wants to see. */
    readonly show?: "full" | "summary" | "omitted";
  };
  readonly tier?: string;
  readonly endUser?: string;
  readonly metadata?: Json;
  /** The kept answer that this call goes on from; its conversation is already in `turns`. */
  readonly follows?: string;
  /** State of an earlier call that the provider keeps. */
  readonly continues?: { readonly answer?: string; readonly conversation?: string };
  /** Whether the provider shall keep the answer; absent: its own default. */
  readonly isStored?: boolean;
  /** Asks for vectors in the place of words: then there are no turns. */
  readonly embed?: Embedding;
  readonly isStream: boolean;
  /** Chat only: the client asked for the usage chunk. */
  readonly wantsUsage: boolean;
  /** Members of the client's body that the canonical form has no place for, in order. */
  readonly extensions: ReadonlyMap<string, RawJson>;
}
