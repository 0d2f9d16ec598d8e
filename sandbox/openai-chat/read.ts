import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { AnswerFormat, Ask, AskedTool, PromptUnit, ToolChoice } from "../ask.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";
import { readMessages } from "./read-messages.ts";
import { printPath, reading } from "./reading.ts";

/**
 * Reads the body of a Chat Completions request.
 *
 * @throws Refusal as the OpenAI API refuses it.
 */
export function readChat(value: Json): Ask {
  const body = reading.object(value, ["body"]);
  const model = reading.maybeText(body["model"], ["model"]);
  if (model === undefined || model === "") throw new Refusal("invalid", "you must provide a model parameter");
  const messages = readMessages(reading.list(body["messages"], ["messages"]));
  const tools = readTools(body);
  const format = readFormat(body);
  if (reading.maybeObject(body["stream_options"], ["stream_options"]) && body["stream"] !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Refusal("invalid", message, { param: "stream_options" });
  }
  checkRange(body, "temperature", { least: 0, most: 2 });
  checkRange(body, "top_p", { least: 0, most: 1 });
  const older = reading.maybeCount(body["max_tokens"], ["max_tokens"]);
  const effort = reading.maybeText(body["reasoning_effort"], ["reasoning_effort"]);
  return {
    model,
    isStream: reading.maybeBoolean(body["stream"], ["stream"]) ?? false,
    ...messages,
    tools,
    toolChoice: readToolChoice(body, tools),
    isParallel: reading.maybeBoolean(body["parallel_tool_calls"], ["parallel_tool_calls"]) ?? true,
    format,
    stops: readStops(body["stop"]),
    outputLimit: reading.maybeCount(body["max_completion_tokens"], ["max_completion_tokens"]) ?? older,
    wantsReasoning: effort === undefined ? undefined : effort !== "none",
    count: Math.min(reading.maybeCount(body["n"], ["n"]) ?? 1, 128),
    prompt: [...toolUnits(body), ...messages.prompt],
  };
}

function readTools(body: JsonObject): readonly AskedTool[] {
  return reading.maybeList(body["tools"], ["tools"]).flatMap((value, index) => {
    const path = ["tools", index];
    const tool = reading.object(value, path);
    const type = reading.text(tool["type"], [...path, "type"]);
    if (type !== "function") return [];
    const described = reading.object(tool["function"], [...path, "function"]);
    const name = reading.text(described["name"], [...path, "function", "name"]);
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) {
      const param = printPath([...path, "function", "name"]);
      const message = `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`;
      throw new Refusal("invalid", message, { param, code: "invalid_value" });
    }
    return [
      {
        name,
        schema: reading.maybeObject(described["parameters"], [...path, "function", "parameters"]) ?? {},
      },
    ];
  });
}

function readToolChoice(body: JsonObject, tools: readonly AskedTool[]): ToolChoice {
  const choice = body["tool_choice"];
  if (choice === undefined || choice === null) return { kind: "auto" };
  if (choice !== "none" && tools.length === 0) {
    const message =
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.";
    throw new Refusal("invalid", message, { param: "tool_choice" });
  }
  if (choice === "auto" || choice === "none" || choice === "required") return { kind: choice };
  const named = reading.object(choice, ["tool_choice"]);
  if (named["type"] === "allowed_tools") return { kind: "auto" };
  const name = reading.text(reading.object(named["function"], ["tool_choice", "function"])["name"], [
    "tool_choice",
    "function",
    "name",
  ]);
  if (tools.some((tool) => tool.name === name)) return { kind: "named", name };
  const message = `Invalid value for 'tool_choice': tool '${name}' is not in 'tools'.`;
  throw new Refusal("invalid", message, { param: "tool_choice" });
}

function readFormat(body: JsonObject): AnswerFormat {
  const format = reading.maybeObject(body["response_format"], ["response_format"]);
  if (!format || format["type"] === "text") return { kind: "text" };
  if (format["type"] === "json_object") return { kind: "object" };
  const path = ["response_format", "json_schema"];
  const named = reading.object(format["json_schema"], path);
  reading.text(named["name"], [...path, "name"]);
  return { kind: "schema", schema: reading.maybeObject(named["schema"], [...path, "schema"]) ?? {} };
}

function readStops(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return [value];
  const stops = reading.maybeList(value, ["stop"]).map((stop, index) => reading.text(stop, ["stop", index]));
  if (stops.length <= 4) return stops;
  const message = `Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array with length ${stops.length} instead.`;
  throw new Refusal("invalid", message, { param: "stop", code: "array_above_max_length" });
}

/** Refuses a number outside its bounds, both of which are allowed. */
export function checkRange(
  body: JsonObject,
  name: string,
  { least, most }: { least: number; most: number },
): void {
  const value = reading.maybeNumber(body[name], [name]);
  if (value === undefined || (value >= least && value <= most)) return;
  const [bound, side, code] =
    value < least
      ? [`>= ${least}`, "below minimum", "decimal_below_min_value"]
      : [`<= ${most}`, "above maximum", "decimal_above_max_value"];
  const message = `Invalid '${name}': decimal ${side} value. Expected a value ${bound}, but got ${value} instead.`;
  throw new Refusal("invalid", message, { param: name, code });
}

function toolUnits(body: JsonObject): readonly PromptUnit[] {
  if (!Array.isArray(body["tools"]) || body["tools"].length === 0) return [];
  const text = JSON.stringify(body["tools"]);
  return [{ text, tokens: countTokens(text), isMarked: false }];
}
