import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { AnswerFormat, Ask, AskedTool, PromptUnit, ToolChoice } from "../ask.ts";
import { countTokens } from "../tokens.ts";
import { readMessages } from "./read-messages.ts";
import { reading, refuse } from "./reading.ts";

/**
 * Reads the body of a Messages request.
 *
 * @throws Refusal as the Anthropic API refuses it.
 */
export function readMessagesRequest(value: Json): Ask {
  const body = reading.object(value, ["body"]);
  if (body["max_tokens"] === undefined || body["max_tokens"] === null)
    throw refuse(["max_tokens"], "Field required");
  return { ...readPrompt(body), outputLimit: reading.maybeCount(body["max_tokens"], ["max_tokens"]) };
}

/**
 * Reads what a prompt consists of; `max_tokens` is not needed here (counting has none).
 *
 * @throws Refusal as the Anthropic API refuses it.
 */
export function readPrompt(body: JsonObject): Ask {
  const model = reading.text(body["model"], ["model"]);
  const conversation = readMessages(reading.list(body["messages"], ["messages"]));
  const tools = readTools(body);
  checkRange(body, "temperature");
  checkRange(body, "top_p");
  return {
    model,
    isStream: reading.maybeBoolean(body["stream"], ["stream"]) ?? false,
    ...conversation,
    tools,
    ...readToolChoice(body, tools),
    format: readFormat(body),
    stops: reading
      .maybeList(body["stop_sequences"], ["stop_sequences"])
      .map((stop, index) => readStop(stop, index)),
    outputLimit: undefined,
    wantsReasoning: readThinking(body),
    count: 1,
    prompt: [...toolUnits(body), ...systemUnits(body), ...conversation.prompt],
  };
}

function readTools(body: JsonObject): readonly AskedTool[] {
  const names = new Set<string>();
  return reading.maybeList(body["tools"], ["tools"]).flatMap((value, index) => {
    const path = ["tools", index];
    const tool = reading.object(value, path);
    const name = reading.text(tool["name"], [...path, "name"]);
    const type = reading.maybeText(tool["type"], [...path, "type"]);
    if (names.has(name)) throw refuse(["tools"], "Tool names must be unique.");
    names.add(name);
    if (type !== undefined && type !== "custom") return [];
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
      throw refuse([...path, "custom", "name"], "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'");
    }
    const schema = reading.object(tool["input_schema"], [...path, "custom", "input_schema"]);
    if (schema["type"] !== "object")
      throw refuse([...path, "custom", "input_schema", "type"], "Input should be 'object'");
    return [{ name, schema }];
  });
}

function readToolChoice(
  body: JsonObject,
  tools: readonly AskedTool[],
): { readonly toolChoice: ToolChoice; readonly isParallel: boolean } {
  const choice = reading.maybeObject(body["tool_choice"], ["tool_choice"]);
  if (!choice) return { toolChoice: { kind: "auto" }, isParallel: true };
  const isParallel = choice["disable_parallel_tool_use"] !== true;
  const type = reading.text(choice["type"], ["tool_choice", "type"]);
  if (type === "auto" || type === "none") return { toolChoice: { kind: type }, isParallel };
  if (body["tools"] === undefined)
    throw refuse(["tool_choice"], "tool_choice may only be specified while providing tools.");
  if (isThinking(body))
    throw refuse(["tool_choice"], "Thinking may not be enabled when tool_choice forces tool use.");
  if (type === "any") return { toolChoice: { kind: "required" }, isParallel };
  if (type !== "tool") {
    throw refuse(
      ["tool_choice"],
      `Input tag '${type}' found using 'type' does not match any of the expected tags: 'any', 'auto', 'none', 'tool'`,
    );
  }
  const name = reading.text(choice["name"], ["tool_choice", "tool", "name"]);
  if (tools.some((tool) => tool.name === name)) return { toolChoice: { kind: "named", name }, isParallel };
  throw refuse(["tool_choice"], `Tool '${name}' not found in provided tools`);
}

function readFormat(body: JsonObject): AnswerFormat {
  const config = reading.maybeObject(body["output_config"], ["output_config"]);
  const format = reading.maybeObject(config?.["format"] ?? body["output_format"], [
    "output_config",
    "format",
  ]);
  if (!format) return { kind: "text" };
  return { kind: "schema", schema: reading.object(format["schema"], ["output_config", "format", "schema"]) };
}

function readThinking(body: JsonObject): boolean {
  const thinking = reading.maybeObject(body["thinking"], ["thinking"]);
  if (!thinking) return false;
  const type = reading.text(thinking["type"], ["thinking", "type"]);
  if (type === "enabled") {
    const budget = reading.maybeCount(thinking["budget_tokens"], ["thinking", "enabled", "budget_tokens"]);
    if (budget === undefined) throw refuse(["thinking", "enabled", "budget_tokens"], "Field required");
    if (budget < 1_024)
      throw refuse(["thinking", "enabled", "budget_tokens"], "Input should be greater than or equal to 1024");
    const limit = body["max_tokens"];
    if (typeof limit === "number" && budget >= limit)
      throw refuse(["max_tokens"], "`max_tokens` must be greater than `thinking.budget_tokens`.");
  }
  return isThinking(body);
}

function isThinking(body: JsonObject): boolean {
  const type = isJsonObject(body["thinking"]) ? body["thinking"]["type"] : undefined;
  return type === "enabled" || type === "adaptive";
}

function readStop(value: Json, index: number): string {
  const stop = reading.text(value, ["stop_sequences", index]);
  if (stop.trim() === "") throw refuse(["stop_sequences"], "each stop sequence must contain non-whitespace");
  return stop;
}

function checkRange(body: JsonObject, name: string): void {
  const value = reading.maybeNumber(body[name], [name]);
  if (value !== undefined && (value < 0 || value > 1)) throw refuse([name], "range: 0..1");
}

function toolUnits(body: JsonObject): readonly PromptUnit[] {
  return reading.maybeList(body["tools"], ["tools"]).map((tool) => {
    const text = JSON.stringify(tool);
    return { text, tokens: countTokens(text), isMarked: isMarked(tool) };
  });
}

function systemUnits(body: JsonObject): readonly PromptUnit[] {
  const system = body["system"];
  if (typeof system === "string") return [{ text: system, tokens: countTokens(system), isMarked: false }];
  return reading.maybeList(system, ["system"]).map((value, index) => {
    const text = reading.text(reading.object(value, ["system", index])["text"], ["system", index, "text"]);
    if (text === "") throw refuse(["system"], "text content blocks must be non-empty");
    return { text, tokens: countTokens(text), isMarked: isMarked(value) };
  });
}

/** Whether a `cache_control` of the client's stands on `value`. */
export const isMarked = (value: Json): boolean => isJsonObject(value) && isJsonObject(value["cache_control"]);
