/** The upstream dialects that answer in words, in the order of the table's columns. */
export const parameterDialects = [
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
  "bedrock-converse",
  "cohere-chat",
  "mistral-chat",
] as const;
type Dialect = (typeof parameterDialects)[number];

/**
 * What becomes of a parameter of a client of another dialect. A text is the member that it stands in, dots between
 * levels. `dropped` and `emulated` are declared; in strict mode `dropped` is a refusal.
 */
export type Handling =
  | string
  | { readonly kind: "dropped" | "refused" }
  /** Done by the gateway on the answer, or by other means of the dialect, which then stand in `as`. */
  | { readonly kind: "emulated"; readonly as?: string };

const dropped = { kind: "dropped" } as const;
const refused = { kind: "refused" } as const;
const emulated = { kind: "emulated" } as const;

export interface Parameter {
  /** As a client of Chat would call it. */
  readonly name: string;
  readonly handling: Readonly<Record<Dialect, Handling>>;
  readonly note?: string;
}

type Cells = readonly [Handling, Handling, Handling, Handling, Handling, Handling, Handling];

function row(name: string, cells: Cells, note?: string): Parameter {
  const [chat, responses, messages, gemini, converse, cohere, mistral] = cells;
  const handling = {
    "openai-chat": chat,
    "openai-responses": responses,
    "anthropic-messages": messages,
    "gemini-generate": gemini,
    "bedrock-converse": converse,
    "cohere-chat": cohere,
    "mistral-chat": mistral,
  };
  return { name, handling, ...(note === undefined ? {} : { note }) };
}

/**
 * What each upstream dialect makes of each parameter, for a model that takes them. The codecs are held to it by
 * `test/conformance/parameters.test.ts`; `docs/parameters.md` is made from it.
 *
 * Source: AI models specification, part 8, and the API references of the providers.
 */
export const parameters: readonly Parameter[] = [
  row(
    "output limit",
    [
      "max_tokens",
      "max_output_tokens",
      "max_tokens",
      "generationConfig.maxOutputTokens",
      "inferenceConfig.maxTokens",
      "max_tokens",
      "max_tokens",
    ],
    "`max_completion_tokens` for OpenAI's reasoning models; mandatory at Anthropic, where the catalogue's limit stands in",
  ),
  row(
    "temperature",
    [
      "temperature",
      "temperature",
      "temperature",
      "generationConfig.temperature",
      "inferenceConfig.temperature",
      "temperature",
      "temperature",
    ],
    "clamped to 0-1 (Messages, Converse, Cohere) or 0-1.5 (Mistral), declared; dropped by OpenAI's reasoning models and by Claude from 4.7",
  ),
  row(
    "top_p",
    ["top_p", "top_p", "top_p", "generationConfig.topP", "inferenceConfig.topP", "p", "top_p"],
    "never beside `temperature` to Claude",
  ),
  row(
    "top_k",
    [dropped, dropped, "top_k", "generationConfig.topK", "additionalModelRequestFields.top_k", "k", dropped],
    "by their profile some Chat servers take it",
  ),
  row(
    "stop",
    [
      "stop",
      emulated,
      "stop_sequences",
      "generationConfig.stopSequences",
      "inferenceConfig.stopSequences",
      "stop_sequences",
      "stop",
    ],
    "more than the upstream takes (Chat 4, Gemini 5) are refused; Responses: the gateway cuts the answer",
  ),
  row("JSON object", [
    "response_format.type",
    "text.format.type",
    dropped,
    "generationConfig.responseMimeType",
    dropped,
    "response_format.type",
    "response_format.type",
  ]),
  row(
    "JSON schema",
    [
      "response_format.json_schema.schema",
      "text.format.schema",
      "output_config.format.schema",
      "generationConfig.responseJsonSchema",
      "outputConfig.textFormat.structure.jsonSchema.schema",
      "response_format.json_schema",
      "response_format.json_schema.schema",
    ],
    "never by a forced tool",
  ),
  row("function tools", ["tools", "tools", "tools", "tools", "toolConfig.tools", "tools", "tools"]),
  row(
    "custom tools",
    [
      "tools",
      "tools",
      { kind: "emulated", as: "tools" },
      { kind: "emulated", as: "tools" },
      { kind: "emulated", as: "toolConfig.tools" },
      { kind: "emulated", as: "tools" },
      { kind: "emulated", as: "tools" },
    ],
    "emulated: a function with one text, `input`",
  ),
  row("tool_choice: required", [
    "tool_choice",
    "tool_choice",
    "tool_choice.type",
    "toolConfig.functionCallingConfig.mode",
    "toolConfig.toolChoice.any",
    "tool_choice",
    "tool_choice",
  ]),
  row("tool_choice: one by name", [
    "tool_choice.function.name",
    "tool_choice.name",
    "tool_choice.name",
    "toolConfig.functionCallingConfig.allowedFunctionNames",
    "toolConfig.toolChoice.tool.name",
    refused,
    "tool_choice.function.name",
  ]),
  row(
    "tool_choice: some by name",
    [
      "tool_choice.allowed_tools.tools",
      "tool_choice.tools",
      emulated,
      "toolConfig.functionCallingConfig.allowedFunctionNames",
      emulated,
      emulated,
      emulated,
    ],
    "emulated: an answer that calls another tool is a failure; the list of tools is never filtered, which would cost the prompt cache",
  ),
  row("parallel_tool_calls: false", [
    "parallel_tool_calls",
    "parallel_tool_calls",
    "tool_choice.disable_parallel_tool_use",
    dropped,
    "additionalModelRequestFields.tool_choice.disable_parallel_tool_use",
    dropped,
    "parallel_tool_calls",
  ]),
  row(
    "reasoning_effort",
    [
      "reasoning_effort",
      "reasoning.effort",
      "thinking.budget_tokens",
      "generationConfig.thinkingConfig.thinkingBudget",
      "additionalModelRequestFields.thinking.budget_tokens",
      "thinking.token_budget",
      "reasoning_effort",
    ],
    "an effort that the model lacks becomes the nearest lower one, declared; budgets are a share of the output limit; newer Claude takes `output_config.effort`, newer Gemini a level",
  ),
  row(
    "service_tier",
    ["service_tier", "service_tier", dropped, "serviceTier", "serviceTier.type", dropped, dropped],
    "Messages has tiers of its own, which its clients' words do not name",
  ),
  row(
    "cache marks",
    [dropped, dropped, "messages", dropped, "messages", dropped, dropped],
    "at most four go out; `prompt_cache_breakpoint` at OpenAI's models that take it",
  ),
  row("seed", ["seed", dropped, dropped, "generationConfig.seed", dropped, "seed", "random_seed"]),
  row("presence_penalty", [
    "presence_penalty",
    dropped,
    dropped,
    "generationConfig.presencePenalty",
    dropped,
    "presence_penalty",
    "presence_penalty",
  ]),
  row("frequency_penalty", [
    "frequency_penalty",
    dropped,
    dropped,
    "generationConfig.frequencyPenalty",
    dropped,
    "frequency_penalty",
    "frequency_penalty",
  ]),
  row("user", [
    "safety_identifier",
    "safety_identifier",
    "metadata.user_id",
    dropped,
    dropped,
    dropped,
    dropped,
  ]),
  row("metadata", ["metadata.a", "metadata.a", dropped, dropped, "requestMetadata.a", dropped, dropped]),
  row("prompt_cache_key", [
    "prompt_cache_key",
    "prompt_cache_key",
    dropped,
    dropped,
    dropped,
    dropped,
    dropped,
  ]),
  row("verbosity", ["verbosity", "text.verbosity", dropped, dropped, dropped, dropped, dropped]),
  row("prediction", [
    "prediction.content",
    dropped,
    dropped,
    dropped,
    dropped,
    dropped,
    "prediction.content",
  ]),
  row(
    "n above 1",
    [refused, refused, refused, refused, refused, refused, refused],
    "a translated answer is one; on the bytes lane it passes",
  ),
  row(
    "logprobs",
    ["logprobs", "top_logprobs", refused, "generationConfig.responseLogprobs", refused, "logprobs", refused],
    "told in the client's place; of Cohere's answers they are dropped, which is declared",
  ),
  row("logit_bias", ["logit_bias.1", refused, refused, refused, refused, refused, refused]),
  row("modalities: audio", ["modalities", refused, refused, refused, refused, refused, refused]),
  row(
    "an unknown member",
    ["x_new", dropped, dropped, dropped, dropped, dropped, dropped],
    "Chat servers get what Chat clients say",
  ),
];

const words = (handling: Handling): string => {
  if (typeof handling === "string") return `\`${handling}\``;
  const as = handling.kind === "emulated" && handling.as !== undefined ? ` in \`${handling.as}\`` : "";
  return { dropped: "D", refused: "**R**", emulated: "E" }[handling.kind] + as;
};

/** `docs/parameters.md`. */
export function documentParameters(): string {
  const rows = parameters.map(
    ({ name, handling, note }) =>
      `| ${name} | ${parameterDialects.map((dialect) => words(handling[dialect])).join(" | ")} | ${note ?? ""} |`,
  );
  return `# Parameters across dialects

<!-- Generated by \`npm run docs\` from src/exchange/parameters.ts. Do not edit. -->

What becomes of what a Chat client asks when the provider speaks another dialect (on the bytes lane everything passes as it came).
A name is the member it stands in. **D**: dropped, declared in \`x-sallyport-warnings\`; with \`x-sallyport-strict: 1\` a refusal.
**R**: refused, \`unsupported_parameter\`. **E**: emulated by the gateway, declared.
[A test](../test/conformance/parameters.test.ts) holds every codec to this table.

| parameter | ${parameterDialects.join(" | ")} | |
|---|${parameterDialects.map(() => "---|").join("")}---|
${rows.join("\n")}
`;
}
