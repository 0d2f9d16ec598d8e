import type { Call, Tool } from "../../exchange/call.ts";
import type { AnswerContext } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import {
  isJsonObject,
  type JsonObject,
  type Printable,
  parseJson,
  printJson,
  RawJson,
} from "../../kernel/json.ts";
import type { EpochMs } from "../../kernel/units.ts";
import { responseIdFor } from "./answer-ids.ts";
import type { ResponseBody } from "./wire.ts";

/** The declaration of log probabilities that were asked for and that the provider did not tell. */
export function lostFor({ sampling }: Call, wereTold: boolean): readonly Warning[] {
  return sampling.logprobs === undefined || wereTold
    ? []
    : [{ kind: "dropped", subject: "message.output_text.logprobs" }];
}

/** What of a response changes while it is made. */
export interface ResponseState
  extends Pick<ResponseBody, "status" | "error" | "incomplete_details" | "output" | "usage"> {
  readonly model: string;
  readonly createdAt: EpochMs;
  /** The tier that the provider says it used. */
  readonly tier?: string | undefined;
}

/**
 * Makes the response object of one call again and again. What it repeats of the request is printed once. Settings that
 * the client left out have the values that the API itself fills in.
 */
export function createResponseBody({
  call,
  requestId,
}: Pick<AnswerContext, "call" | "requestId">): (state: ResponseState) => ResponseBody {
  const { sampling, extensions } = call;
  const echoed = (name: string): RawJson | null => extensions.get(name) ?? null;
  const text = new RawJson(printJson(textOf(call)));
  const reasoning = new RawJson(printJson(reasoningOf(call)));
  const toolChoice = extensions.get("tool_choice") ?? new RawJson(printJson(choiceOf(call)));
  const tools = new RawJson(printJson(call.tools.map(toolOf)));
  const instructions = call.instructions.flatMap((part) => (part.kind === "text" ? [part.text] : []));
  return ({ status, error, model, createdAt, incomplete_details, output, usage, tier }) => ({
    id: responseIdFor(requestId),
    object: "response",
    created_at: Math.floor(createdAt / 1000),
    status,
    access_programs: null,
    background: false,
    completed_at: null,
    error,
    frequency_penalty: sampling.frequencyPenalty ?? 0,
    incomplete_details,
    instructions: instructions.length === 0 ? null : instructions.join("\n\n"),
    max_output_tokens: sampling.outputTokensMax ?? null,
    max_tool_calls: echoed("max_tool_calls"),
    model: model === "" ? call.model : model,
    moderation: null,
    output,
    parallel_tool_calls: call.parallelTools ?? true,
    presence_penalty: sampling.presencePenalty ?? 0,
    previous_response_id: call.follows ?? call.continues?.answer ?? null,
    prompt_cache_key: echoed("prompt_cache_key"),
    prompt_cache_retention: echoed("prompt_cache_retention"),
    reasoning,
    safety_identifier: call.endUser ?? null,
    service_tier: tierFor(status === "in_progress" ? (call.tier ?? "auto") : tier),
    store: call.isStored ?? true,
    temperature: sampling.temperature ?? 1,
    text,
    tool_choice: toolChoice,
    tools,
    top_logprobs: sampling.logprobs ?? echoed("top_logprobs") ?? 0,
    top_p: sampling.topP ?? 1,
    truncation: echoed("truncation") ?? "disabled",
    usage,
    user: null,
    metadata: call.metadata ?? {},
  });
}

/** Anthropic's `standard` is what OpenAI calls `default`. */
function tierFor(tier: string | undefined): string {
  return tier === undefined || tier === "standard" ? "default" : tier;
}

function reasoningOf({ reasoning, extensions }: Call): Printable {
  const summary = reasoning?.show === "summary" ? "auto" : null;
  return { effort: reasoning?.effort ?? null, summary, ...objectIn(extensions, "reasoning") };
}

function textOf({ output, extensions }: Call): Printable {
  return { format: formatOf(output), verbosity: "medium", ...objectIn(extensions, "text") };
}

/** What of a member went to the extensions. */
function objectIn(extensions: Call["extensions"], name: string): JsonObject {
  const value = parseJson(extensions.get(name)?.text ?? "{}");
  return isJsonObject(value) ? value : {};
}

function formatOf(output: Call["output"]): Printable {
  switch (output?.kind) {
    case undefined:
      return { type: "text" };
    case "json":
      return { type: "json_object" };
    case "schema": {
      const { name, schema, strict } = output;
      return { type: "json_schema", description: null, name, schema, strict };
    }
  }
}

function choiceOf({ toolChoice, tools }: Call): Printable {
  const named = (name: string): Printable => {
    const isCustom = tools.some((tool) => tool.kind === "custom" && tool.name === name);
    return { type: isCustom ? "custom" : "function", name };
  };
  switch (toolChoice?.kind) {
    case undefined:
      return "auto";
    case "auto":
    case "none":
      return toolChoice.kind;
    case "any":
      return "required";
    case "named":
      return named(toolChoice.name);
    case "among": {
      const { isRequired, names } = toolChoice;
      return { type: "allowed_tools", mode: isRequired ? "required" : "auto", tools: names.map(named) };
    }
  }
}

function toolOf(tool: Tool): Printable {
  switch (tool.kind) {
    case "function": {
      const { name, description = null, parameters = null, strict = false } = tool;
      return { type: "function", description, name, parameters, strict };
    }
    case "custom": {
      const { name, description = null, format = { type: "text" } } = tool;
      return { type: "custom", description, format, name };
    }
    case "opaque":
      return tool.raw;
  }
}
