import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Ask, PromptUnit } from "../ask.ts";
import type { Asked } from "../dialect.ts";
import { reading } from "../openai-chat/reading.ts";
import { Refusal } from "../refusal.ts";
import { countTokens } from "../tokens.ts";
import { type ReadItem, readItem } from "./read-items.ts";

/** What of an `Ask` the conversation tells. */
export type Conversation = Pick<Ask, "question" | "results" | "images" | "turnsTaken" | "prefill" | "prompt">;

const imageTokens = 85;
const turnTokens = 3;

/** The items of a request, those of the answers before it first. */
export function itemsOf(body: JsonObject, { stored }: Pick<Asked, "stored">): readonly Json[] {
  return [...earlierItems(body, { stored }), ...ownItems(body)];
}

function earlierItems(body: JsonObject, { stored }: Pick<Asked, "stored">): readonly Json[] {
  const id = reading.maybeText(body["previous_response_id"], ["previous_response_id"]);
  if (id === undefined) return [];
  const previous = stored.find(id);
  if (previous) return previous.items;
  throw new Refusal("invalid", `Previous response with id '${id}' not found.`, {
    param: "previous_response_id",
    code: "previous_response_not_found",
  });
}

function ownItems(body: JsonObject): readonly Json[] {
  const { input } = body;
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  if (input !== undefined && input !== null) return reading.list(input, ["input"]);
  if (body["previous_response_id"] !== undefined && body["previous_response_id"] !== null) return [];
  const message =
    "One of \"input\" or \"previous_response_id\" or 'prompt' or 'conversation_id' must be provided.";
  throw new Refusal("invalid", message, { code: "missing_required_parameter" });
}

/** Reads the conversation and holds calls and results against each other, as the Responses API does. */
export function readInput(body: JsonObject, asked: Asked): Conversation {
  const earlier = earlierItems(body, asked).length;
  const items = itemsOf(body, asked).map((item, index) =>
    readItem(item, ["input", Math.max(0, index - earlier)], asked.stored),
  );
  checkCalls(items);
  checkReasoning(items.slice(earlier), ownItems(body));
  let question: ReadItem | undefined;
  let results: readonly string[] = [];
  let turnsTaken = 0;
  for (const [index, item] of items.entries()) {
    if (item.from === "user") question = item;
    if (item.kind === "result") results = [...results, item.text];
    else if (item.from !== "system") results = [];
    if (item.from === "model" && items[index - 1]?.from !== "model") turnsTaken += 1;
  }
  const last = items.at(-1);
  return {
    question: question?.text ?? "",
    images: question?.images ?? [],
    results,
    turnsTaken,
    prefill: last?.from === "model" && last.kind === "message" ? last.text : "",
    prompt: [...instructionUnits(body), ...items.map(unitOf)],
  };
}

function instructionUnits(body: JsonObject): readonly PromptUnit[] {
  const text = reading.maybeText(body["instructions"], ["instructions"]);
  return text === undefined ? [] : [{ text, tokens: countTokens(text) + turnTokens, isMarked: false }];
}

function unitOf(item: ReadItem): PromptUnit {
  const shown = item.images.map((image) => `${image.mediaType} ${image.bytes ?? ""}`).join();
  const tokens = countTokens(item.counted) + item.images.length * imageTokens + turnTokens;
  return { text: `${item.from} ${item.type}\n${item.counted}${shown}`, tokens, isMarked: false };
}

/** Every call has a result somewhere behind it, every result a call before it. */
function checkCalls(items: readonly ReadItem[]): void {
  const open = new Map<string, ReadItem>();
  const called = new Set<string>();
  for (const item of items) {
    if (item.callId === undefined) continue;
    if (item.kind === "call") {
      open.set(item.callId, item);
      called.add(item.callId);
    } else if (called.has(item.callId)) {
      open.delete(item.callId);
    } else {
      const what = item.type === "function_call_output" ? "function call" : "custom tool call";
      throw unpaired(`No tool call found for ${what} output with call_id ${item.callId}.`);
    }
  }
  for (const [callId, { type }] of open) {
    const what = type === "function_call" ? "function call" : "custom tool call";
    throw unpaired(`No tool output found for ${what} ${callId}.`);
  }
}

const unpaired = (message: string): Refusal => new Refusal("invalid", message, { param: "input" });

/** Reasoning stands before what it led to. */
function checkReasoning(items: readonly ReadItem[], given: readonly Json[]): void {
  for (const [index, item] of items.entries()) {
    if (item.kind !== "reasoning" || items[index + 1]?.from === "model") continue;
    const value = given[index];
    const id = isJsonObject(value) && typeof value["id"] === "string" ? value["id"] : "";
    const message = `Item '${id}' of type 'reasoning' was provided without its required following item.`;
    throw new Refusal("invalid", message, { param: "input" });
  }
}
