import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { AnswerFormat, Ask, PromptUnit } from "../ask.ts";
import type { Asked } from "../dialect.ts";
import { checkRange } from "../openai-chat/read.ts";
import { reading } from "../openai-chat/reading.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";
import { readInput } from "./read-input.ts";
import { readToolChoice, readTools } from "./read-tools.ts";
import { strictComplaint } from "./strict-schema.ts";

/** Every member of a request. Source: `ResponseCreateParams` of openai-node 7.57.0. */
const members: readonly string[] = [
  "access_programs",
  "background",
  "context_management",
  "conversation",
  "image",
  "include",
  "input",
  "instructions",
  "max_output_tokens",
  "max_tool_calls",
  "metadata",
  "model",
  "moderation",
  "parallel_tool_calls",
  "previous_response_id",
  "prompt",
  "prompt_cache_key",
  "prompt_cache_options",
  "prompt_cache_retention",
  "reasoning",
  "safety_identifier",
  "service_tier",
  "store",
  "stream",
  "stream_options",
  "temperature",
  "text",
  "tool_choice",
  "tools",
  "top_logprobs",
  "top_p",
  "truncation",
  "user",
];

/** Members of Chat Completions that are called otherwise here. */
const moved: Readonly<Record<string, string>> = {
  messages: "input",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  response_format: "text.format",
  reasoning_effort: "reasoning.effort",
  verbosity: "text.verbosity",
};

/**
 * Reads the body of a Responses request.
 *
 * @throws Refusal as the OpenAI API refuses it.
 */
export function readResponses(value: Json, asked: Asked): Ask {
  const body = reading.object(value, ["body"]);
  refuseUnknown(body);
  const model = reading.maybeText(body["model"], ["model"]);
  if (model === undefined || model === "")
    throw new Refusal("invalid", "Missing required parameter: 'model'.", {
      param: "model",
      code: "missing_required_parameter",
    });
  refuseElsewhere(body);
  const conversation = readInput(body, asked);
  checkRange(body, "temperature", { least: 0, most: 2 });
  checkRange(body, "top_p", { least: 0, most: 1 });
  const isStream = reading.maybeBoolean(body["stream"], ["stream"]) ?? false;
  if (reading.maybeObject(body["stream_options"], ["stream_options"]) && !isStream) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Refusal("invalid", message, { param: "stream_options" });
  }
  const effort = reading.maybeObject(body["reasoning"], ["reasoning"])?.["effort"];
  return {
    model,
    isStream,
    ...conversation,
    ...readToolChoice(body, readTools(body)),
    isParallel: reading.maybeBoolean(body["parallel_tool_calls"], ["parallel_tool_calls"]) ?? true,
    format: readFormat(body),
    stops: [],
    outputLimit: readLimit(body),
    wantsReasoning: effort === undefined || effort === null ? undefined : effort !== "none",
    count: 1,
    prompt: [...toolUnits(body), ...conversation.prompt],
  };
}

function refuseUnknown(body: JsonObject): void {
  for (const name of Object.keys(body)) {
    if (members.includes(name)) continue;
    const place = moved[name];
    if (place === undefined)
      throw new Refusal("invalid", `Unknown parameter: '${name}'.`, {
        param: name,
        code: "unknown_parameter",
      });
    const message = `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${place}'. Try again with the new parameter.`;
    throw new Refusal("invalid", message, { param: name, code: "unsupported_parameter" });
  }
}

/** What needs more of the provider than answers. */
function refuseElsewhere(body: JsonObject): void {
  for (const name of ["conversation", "prompt"]) {
    if (body[name] === undefined || body[name] === null) continue;
    throw new Refusal("invalid", `The sandbox keeps nothing that '${name}' could name.`, { param: name });
  }
  if (body["background"] !== true) return;
  throw new Refusal("invalid", "The sandbox does not answer in the background.", { param: "background" });
}

function readLimit(body: JsonObject): number | undefined {
  const limit = reading.maybeCount(body["max_output_tokens"], ["max_output_tokens"]);
  if (limit === undefined || limit >= 16) return limit;
  const message = `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got ${limit} instead.`;
  throw new Refusal("invalid", message, { param: "max_output_tokens", code: "integer_below_min_value" });
}

function readFormat(body: JsonObject): AnswerFormat {
  const text = reading.maybeObject(body["text"], ["text"]);
  const path = ["text", "format"];
  const format = reading.maybeObject(text?.["format"], path);
  if (!format || format["type"] === "text") return { kind: "text" };
  if (format["type"] === "json_object") return { kind: "object" };
  const name = reading.text(format["name"], [...path, "name"]);
  const schema = reading.object(format["schema"], [...path, "schema"]);
  const isStrict = reading.maybeBoolean(format["strict"], [...path, "strict"]) === true;
  const complaint = isStrict ? strictComplaint(schema) : undefined;
  if (complaint === undefined) return { kind: "schema", schema };
  throw new Refusal("invalid", `Invalid schema for response_format '${name}': ${complaint}`, {
    param: "text.format.schema",
    code: "invalid_json_schema",
  });
}

function toolUnits(body: JsonObject): readonly PromptUnit[] {
  const tools = reading.maybeList(body["tools"], ["tools"]);
  if (tools.length === 0) return [];
  const text = JSON.stringify(tools);
  return [{ text, tokens: countTokens(text), isMarked: false }];
}
