import type { Effort } from "../../exchange/call.ts";

/**
 * How one server departs from OpenAI's Chat Completions. Data: what is done about it stands in the codec.
 *
 * What is read in every form from every server is no quirk: the member that reasoning comes in, where usage stands in a
 * stream, missing call ids, the shapes of errors.
 */
export interface QuirkProfile {
  readonly id: string;
  /** The member in which assistant messages bring their reasoning back. */
  readonly writesReasoning: "reasoning_content" | "reasoning" | "none";
  /** Which assistant messages have to, while the model thinks. `by-model`: the model's name decides, whoever serves it. */
  readonly echoesReasoning: "by-model" | "never" | "with-tools" | "always";
  /**
   * How reasoning is asked for: by OpenAI's effort; by `thinking: {type}`; by `enable_thinking` and `thinking_budget`;
   * by an object `reasoning`.
   */
  readonly asksReasoning: "reasoning_effort" | "thinking" | "enable_thinking" | "reasoning";
  /** The efforts it takes of every model; absent: the model's name decides. */
  readonly efforts?: readonly Effort[];
  /** Where sealed reasoning stands: Gemini's in `extra_content`, any vendor's in `reasoning_details`. */
  readonly seals: "none" | "extra-content" | "reasoning-details";
  /** What the role `developer` becomes. */
  readonly systemRole: "developer" | "system";
  /** The member of the output limit. `by-model`: OpenAI's reasoning models take the newer one only. */
  readonly tokenLimit: "by-model" | "max_tokens" | "max_completion_tokens";
  /** Where a stream tells its usage: in a chunk of its own if asked, with the finish, on every chunk, or perhaps nowhere. */
  readonly usageInStream: "asked" | "finish-chunk" | "repeated" | "absent";
  readonly acceptsStreamOptions: boolean;
  /** Whether the `index` of a piece of a tool call tells which call it belongs to. */
  readonly toolIndex: "given" | "missing" | "constant";
  /** Tools with free input: taken, or written as functions of one string. */
  readonly customTools: "native" | "emulated";
  readonly acceptsAllowedTools: boolean;
  readonly acceptsTopK: boolean;
  readonly acceptsParallelFlag: boolean;
  readonly acceptsStore: boolean;
  /** The member that names the end user. `by-model`: OpenAI's models take the newer one. */
  readonly endUser: "by-model" | "user" | "user_id";
  /** `completion_tokens` leaves the reasoning out. */
  readonly reasoningOutsideCompletion: boolean;
  /** Most stop sequences it takes; absent: not known, its own to judge. */
  readonly stopMax?: number;
}

/** OpenAI itself. */
const strict: Omit<QuirkProfile, "id"> = {
  writesReasoning: "reasoning_content",
  echoesReasoning: "by-model",
  asksReasoning: "reasoning_effort",
  seals: "none",
  systemRole: "developer",
  tokenLimit: "by-model",
  usageInStream: "asked",
  acceptsStreamOptions: true,
  toolIndex: "given",
  customTools: "native",
  acceptsAllowedTools: true,
  acceptsTopK: false,
  acceptsParallelFlag: true,
  acceptsStore: true,
  endUser: "by-model",
  reasoningOutsideCompletion: false,
  stopMax: 4,
};

/** OpenAI, and every server of which nothing else is known. */
export const defaultQuirks: QuirkProfile = { ...strict, id: "default" };

/** A server that speaks the common core and none of OpenAI's newer members. */
const { stopMax: _, ...core } = strict;
const compatible: Omit<QuirkProfile, "id"> = {
  ...core,
  systemRole: "system",
  tokenLimit: "max_tokens",
  customTools: "emulated",
  acceptsAllowedTools: false,
  acceptsStore: false,
  endUser: "user",
};

/** A model server on a machine of one's own. */
const local: Omit<QuirkProfile, "id"> = { ...compatible, acceptsTopK: true };

/**
 * All profiles. Sources: AI models specification, part 6; the providers' API references as of 2026-11; recorded answers
 * (Azure, Groq, DeepSeek, Together, OpenRouter, vLLM) and Vercel's fixtures (xAI, Perplexity, Moonshot, DashScope).
 */
const profiles: readonly QuirkProfile[] = [
  defaultQuirks,
  { ...compatible, id: "compatible" },
  { ...strict, id: "azure-openai" },
  {
    ...compatible,
    id: "deepseek",
    echoesReasoning: "always",
    asksReasoning: "thinking",
    efforts: ["low", "high", "max"],
    usageInStream: "finish-chunk",
    acceptsParallelFlag: false,
    endUser: "user_id",
    stopMax: 16,
  },
  {
    ...compatible,
    id: "moonshot",
    echoesReasoning: "with-tools",
    asksReasoning: "thinking",
    tokenLimit: "max_completion_tokens",
    usageInStream: "finish-chunk",
    acceptsParallelFlag: false,
    stopMax: 5,
  },
  {
    ...compatible,
    id: "zai",
    echoesReasoning: "with-tools",
    asksReasoning: "thinking",
    usageInStream: "finish-chunk",
    acceptsParallelFlag: false,
    stopMax: 1,
  },
  {
    ...compatible,
    id: "groq",
    writesReasoning: "reasoning",
    echoesReasoning: "never",
    tokenLimit: "max_completion_tokens",
    usageInStream: "finish-chunk",
    stopMax: 4,
  },
  {
    ...compatible,
    id: "openrouter",
    writesReasoning: "reasoning",
    echoesReasoning: "never",
    asksReasoning: "reasoning",
    seals: "reasoning-details",
    acceptsTopK: true,
    stopMax: 4,
  },
  {
    ...compatible,
    id: "xai",
    echoesReasoning: "never",
    tokenLimit: "max_completion_tokens",
    reasoningOutsideCompletion: true,
    stopMax: 4,
  },
  {
    ...compatible,
    id: "together",
    writesReasoning: "reasoning",
    echoesReasoning: "never",
    usageInStream: "finish-chunk",
    acceptsTopK: true,
  },
  { ...compatible, id: "fireworks", usageInStream: "finish-chunk", acceptsTopK: true, stopMax: 4 },
  {
    ...compatible,
    id: "cerebras",
    writesReasoning: "reasoning",
    echoesReasoning: "never",
    tokenLimit: "max_completion_tokens",
    usageInStream: "finish-chunk",
    stopMax: 4,
  },
  {
    ...compatible,
    id: "perplexity",
    writesReasoning: "none",
    echoesReasoning: "never",
    efforts: ["minimal", "low", "medium", "high"],
    usageInStream: "repeated",
    acceptsStreamOptions: false,
    acceptsTopK: true,
    acceptsParallelFlag: false,
  },
  { ...compatible, id: "nvidia-nim", usageInStream: "absent" },
  {
    ...compatible,
    id: "dashscope",
    echoesReasoning: "never",
    asksReasoning: "enable_thinking",
    acceptsTopK: true,
  },
  { ...local, id: "ollama", writesReasoning: "reasoning", toolIndex: "constant", acceptsParallelFlag: false },
  { ...local, id: "vllm", writesReasoning: "reasoning" },
  { ...local, id: "sglang" },
  { ...local, id: "llama-cpp" },
  { ...local, id: "lmstudio", acceptsParallelFlag: false },
  /** Gemini models behind Google's own Chat endpoint. */
  {
    ...compatible,
    id: "gemini",
    echoesReasoning: "never",
    efforts: ["none", "minimal", "low", "medium", "high"],
    seals: "extra-content",
    stopMax: 5,
  },
];

const byId: ReadonlyMap<string, QuirkProfile> = new Map(profiles.map((profile) => [profile.id, profile]));

/** The profile of this name; `default` for a name that has none. */
export function quirksOf(id: string): QuirkProfile {
  return byId.get(id) ?? defaultQuirks;
}

/** The names that have a profile. */
export const quirkIds: readonly string[] = profiles.map(({ id }) => id);

/** Whether a stream has to be asked for its usage. */
export function asksForUsage({ usageInStream, acceptsStreamOptions }: QuirkProfile): boolean {
  return acceptsStreamOptions && (usageInStream === "asked" || usageInStream === "absent");
}
