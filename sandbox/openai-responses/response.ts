import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { AnswerUsage, Finish } from "../ask.ts";
import type { Writing } from "../dialect.ts";
import type { UsageFault } from "../faults.ts";
import { findModel } from "../models.ts";
import { memberOf } from "./output.ts";
import { printTools } from "./read-tools.ts";

/** What changes between the snapshots of one answer. */
export interface Snapshot {
  readonly id: string;
  readonly status: "in_progress" | "completed" | "incomplete" | "failed";
  readonly output: readonly JsonObject[];
  readonly usage: JsonObject | null;
  readonly error?: JsonObject;
  /** Whole answers say who pays, snapshots in a stream do not. */
  readonly isWhole?: true;
}

export const responseId = ({ dice }: Writing): string => `resp_${dice.id(50)}`;

/** A `response` object, with the members and order of the OpenAI API of May 2026. */
export function printResponse(writing: Writing, snapshot: Snapshot): JsonObject {
  const { ask, created } = writing;
  const body: JsonObject = isJsonObject(writing.body) ? writing.body : {};
  const told = (name: string): Json => body[name] ?? null;
  const isOver = snapshot.status !== "in_progress";
  return {
    id: snapshot.id,
    object: "response",
    created_at: created,
    status: snapshot.status,
    background: false,
    ...(snapshot.isWhole ? { billing: { payer: "developer" } } : {}),
    completed_at: snapshot.status === "completed" ? created : null,
    error: snapshot.error ?? null,
    frequency_penalty: 0,
    incomplete_details: snapshot.status === "incomplete" ? { reason: reasonOf(writing) } : null,
    instructions: told("instructions"),
    max_output_tokens: told("max_output_tokens"),
    max_tool_calls: told("max_tool_calls"),
    model: ask.model,
    moderation: null,
    output: snapshot.output,
    parallel_tool_calls: ask.isParallel,
    presence_penalty: 0,
    previous_response_id: told("previous_response_id"),
    prompt_cache_key: told("prompt_cache_key"),
    prompt_cache_retention: body["prompt_cache_retention"] ?? "in_memory",
    reasoning: printReasoning(body, ask.model),
    safety_identifier: told("safety_identifier"),
    service_tier: printTier(body["service_tier"], isOver),
    store: isStoring(body),
    temperature: body["temperature"] ?? 1,
    text: printText(body),
    tool_choice: body["tool_choice"] ?? "auto",
    tools: printTools(body),
    top_logprobs: body["top_logprobs"] ?? 0,
    top_p: body["top_p"] ?? 1,
    truncation: body["truncation"] ?? "disabled",
    usage: snapshot.usage,
    user: told("user"),
    metadata: body["metadata"] ?? {},
  };
}

/** Whether the answer is to be kept for later calls. */
export const isStoring = (body: Json): boolean => memberOf(body, "store") !== false;

/** The status of the finished answer. */
export function statusOf({ kind }: Finish): "completed" | "incomplete" {
  return kind === "length" || kind === "content-filter" ? "incomplete" : "completed";
}

const reasonOf = ({ answer }: Writing): string =>
  answer.choices[0]?.finish.kind === "content-filter" ? "content_filter" : "max_output_tokens";

function printReasoning(body: JsonObject, model: string): JsonObject {
  const asked = body["reasoning"];
  const summary = memberOf(asked, "summary");
  const effort = memberOf(asked, "effort");
  const isReasoning = findModel(model)?.model.isReasoning === true;
  return {
    effort: effort ?? (isReasoning ? "medium" : null),
    summary: summary === "auto" ? "detailed" : (summary ?? null),
  };
}

/** While it runs an answer says what was asked for, at its end what it got. */
function printTier(asked: Json | undefined, isOver: boolean): Json {
  if (!isOver) return asked ?? "auto";
  return asked === "flex" || asked === "priority" ? asked : "default";
}

function printText(body: JsonObject): JsonObject {
  const format = memberOf(body["text"], "format");
  const verbosity = memberOf(body["text"], "verbosity") ?? "medium";
  if (!isJsonObject(format)) return { format: { type: "text" }, verbosity };
  if (format["type"] !== "json_schema") return { format: { type: format["type"] ?? "text" }, verbosity };
  const { description = null, name = null, schema = null, strict = true } = format;
  return { format: { type: "json_schema", description, name, schema, strict }, verbosity };
}

/** Usage with the members the Responses API tells, in its order; `wrong` contradicts itself. */
export function printUsage(usage: AnswerUsage, fault: UsageFault | undefined): JsonObject {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cacheRead },
    output_tokens: fault === "wrong" ? usage.output * 3 + 7 : usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  };
}
