import type { JsonObject } from "../src/kernel/json.ts";

/** A request for an answer, apart from the dialect it came in. */
export interface Ask {
  /** The model's name exactly as asked for; answers call themselves so. */
  readonly model: string;
  readonly isStream: boolean;
  /** The text of the last user turn. */
  readonly question: string;
  /** What tools have answered since the last assistant turn; empty if the user speaks last. */
  readonly results: readonly string[];
  readonly images: readonly SeenImage[];
  /** Assistant turns so far. */
  readonly turnsTaken: number;
  /** What the answer has to continue, when the last turn is the assistant's own. */
  readonly prefill: string;
  readonly tools: readonly AskedTool[];
  readonly toolChoice: ToolChoice;
  readonly isParallel: boolean;
  readonly format: AnswerFormat;
  readonly stops: readonly string[];
  /** Tokens the answer may have, reasoning included. */
  readonly outputLimit: number | undefined;
  readonly wantsReasoning: boolean | undefined;
  /** How many answers are wanted; none where only the prompt is of interest. */
  readonly count: number;
  /** The prompt in the order in which a provider would cache it. */
  readonly prompt: readonly PromptUnit[];
}

/** A request in which only the prompt is of interest: no answer in words is wanted. */
export const askOf = (model: string, prompt: readonly PromptUnit[]): Ask => ({
  model,
  isStream: false,
  question: "",
  results: [],
  images: [],
  turnsTaken: 0,
  prefill: "",
  tools: [],
  toolChoice: { kind: "none" },
  isParallel: false,
  format: { kind: "text" },
  stops: [],
  outputLimit: undefined,
  wantsReasoning: undefined,
  count: 0,
  prompt,
});

export interface SeenImage {
  readonly mediaType: string;
  /** Size of the picture, where it came with the request. */
  readonly bytes: number | undefined;
}

export interface AskedTool {
  readonly name: string;
  readonly schema: JsonObject;
  /** Takes plain text instead of JSON. */
  readonly isFreeform?: true;
}

export type ToolChoice =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "named"; readonly name: string };

export type AnswerFormat =
  | { readonly kind: "text" }
  | { readonly kind: "object" }
  | { readonly kind: "schema"; readonly schema: JsonObject }
  /** One of these words and nothing else. */
  | { readonly kind: "choice"; readonly options: readonly string[] };

/** A stretch of the prompt that is cached as a whole. */
export interface PromptUnit {
  readonly text: string;
  readonly tokens: number;
  /** A cache mark of the client's stands at its end. */
  readonly isMarked: boolean;
}

/** A complete answer, apart from the dialect it goes out in. */
export interface Answer {
  /** One for each answer wanted. */
  readonly choices: readonly Choice[];
  readonly usage: AnswerUsage;
}

export interface Choice {
  /** Each list of texts is cut into tokens; one token is one event of a stream. */
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly calls: readonly AnsweredCall[];
  readonly finish: Finish;
  /** The text declines to answer. */
  readonly isRefusal?: true;
}

export interface AnsweredCall {
  readonly name: string;
  readonly arguments: readonly string[];
  /** The arguments are plain text. */
  readonly isFreeform?: true;
}

export type Finish =
  | { readonly kind: "stop" | "length" | "tool-calls" | "content-filter" }
  | { readonly kind: "stop-sequence"; readonly sequence: string };

/** Counts in the sandbox's own tokens. */
export interface AnswerUsage {
  /** All of the prompt, cached or not. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  /** All of the answers, reasoning included. */
  readonly output: number;
  readonly reasoning: number;
}
