import type { Turn } from "../../exchange/call.ts";
import type { DecodeContext } from "../../exchange/codec.ts";
import { isMinted } from "./answer-ids.ts";
import { type Conversation, createConversation } from "./conversation.ts";
import { readContent } from "./decode-content.ts";
import { readReasoning } from "./decode-reasoning.ts";
import {
  blame,
  declareRest,
  objectsOf,
  optionalString,
  type Place,
  pathOf,
  rawOf,
  requiredString,
} from "./fields.ts";
import { describe } from "./notes.ts";

/**
 * Reads `input`: a string is a message of the user; of the items, what the assistant said and did in a row is one turn,
 * as are the results of its calls. System and developer messages stay turns where they stand.
 */
export function readInput(body: Place, context: DecodeContext): readonly Turn[] {
  const input = body.object["input"] ?? undefined;
  if (input === undefined) return [];
  if (typeof input === "string") {
    return [{ role: "user", parts: input === "" ? [] : [{ kind: "text", text: input }] }];
  }
  if (!Array.isArray(input)) {
    blame(body, "input", "a string or an array of items");
    return [];
  }
  const conversation = createConversation(body.notes);
  for (const item of objectsOf(body, "input")) readItem(item, context, conversation);
  return conversation.end();
}

function readItem(item: Place, context: DecodeContext, conversation: Conversation): void {
  const type = typeOf(item);
  switch (type) {
    case undefined:
      return;
    case "message":
      readMessage(item, conversation);
      return;
    case "reasoning":
      readReasoning(item, context, conversation);
      return;
    case "function_call":
    case "custom_tool_call":
      readCall(item, type, conversation);
      return;
    case "function_call_output":
    case "custom_tool_call_output":
      readResult(item, type, conversation);
      return;
    case "image_generation_call":
      readPicture(item, conversation);
      return;
    default:
      keep(item, type, conversation);
  }
}

/** The type of an item; a message and a reference may leave it out. */
function typeOf(item: Place): string | undefined {
  const { type, role, id } = item.object;
  if (type !== undefined && type !== null) return requiredString(item, "type");
  if (role !== undefined) return "message";
  return typeof id === "string" ? "item_reference" : blame(item, "type", "the type of an item");
}

/** Members that are read, or say nothing to a model. */
const known = {
  message: new Set(["type", "role", "content", "id", "status"]),
  function_call: new Set(["type", "id", "call_id", "name", "arguments", "status", "caller", "namespace"]),
  custom_tool_call: new Set(["type", "id", "call_id", "name", "input", "status", "caller", "namespace"]),
  function_call_output: new Set(["type", "id", "call_id", "name", "output", "status", "caller", "namespace"]),
  custom_tool_call_output: new Set(["type", "id", "call_id", "output", "status", "caller"]),
} as const;

function readMessage(item: Place, conversation: Conversation): void {
  declareRest(item, known.message);
  const { role } = item.object;
  const parts = readContent(item, "content");
  switch (role) {
    case "assistant":
      conversation.assistant(parts);
      return;
    case "user":
    case "system":
    case "developer":
      conversation.message(role, parts);
      return;
    default:
      item.notes.problems.push({
        path: pathOf(item, "role"),
        expected: "user, assistant, system or developer",
        got: describe(role),
      });
  }
}

function readCall(item: Place, type: "function_call" | "custom_tool_call", conversation: Conversation): void {
  if (isNested(item)) {
    keep(item, type, conversation);
    return;
  }
  declareRest(item, known[type]);
  const isCustom = type === "custom_tool_call";
  const id = requiredString(item, "call_id");
  const name = requiredString(item, "name");
  const argumentsText = requiredString(item, isCustom ? "input" : "arguments");
  if (id === undefined || name === undefined || argumentsText === undefined) return;
  conversation.assistant([{ kind: "tool-call", id, name, argumentsText, ...(isCustom && { isCustom }) }]);
}

function readResult(
  item: Place,
  type: "function_call_output" | "custom_tool_call_output",
  conversation: Conversation,
): void {
  if (isNested(item)) {
    keep(item, type, conversation);
    return;
  }
  declareRest(item, known[type]);
  const callId = requiredString(item, "call_id");
  const name = optionalString(item, "name");
  const content = readContent(item, "output");
  if (callId === undefined) return;
  conversation.result({
    kind: "tool-result",
    callId,
    ...(name !== undefined && { name }),
    isError: false,
    content,
  });
}

/** Whether a call is of a tool inside a namespace, or was made by a program: the canonical form knows neither. */
function isNested({ object }: Place): boolean {
  const { caller } = object;
  const byProgram =
    typeof caller === "object" && caller !== null && "type" in caller && caller["type"] !== "direct";
  return byProgram || typeof object["namespace"] === "string";
}

/** Items of other types that come from the client's side. */
const fromClient = /_(?:output|response)$|^(?:additional_tools|configuration_update|compaction_trigger)$/;

/** A picture: one that we told of as an item, since no provider knows it by its id; all others stay items. */
function readPicture(item: Place, conversation: Conversation): void {
  const { id, result, output_format: format } = item.object;
  if (typeof id !== "string" || !isMinted(id) || typeof result !== "string") {
    keep(item, "image_generation_call", conversation);
    return;
  }
  const mediaType = typeof format === "string" ? { mediaType: `image/${format}` } : {};
  conversation.assistant([{ kind: "image", source: { kind: "base64", data: result }, ...mediaType }]);
}

/** An item that the canonical form has no part for. */
function keep(item: Place, type: string, conversation: Conversation): void {
  const part = { kind: "opaque", type, origin: "openai-responses", raw: rawOf(item) } as const;
  if (fromClient.test(type)) conversation.result(part);
  else conversation.assistant([part]);
}
