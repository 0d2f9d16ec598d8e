import type { Json, JsonObject } from "../../src/kernel/json.ts";
import type { SeenImage } from "../ask.ts";
import { printPath, reading } from "../openai-chat/reading.ts";
import type { Path } from "../reading.ts";
import { Refusal } from "../refusal.ts";
import type { StoredResponses } from "../stored-responses.ts";
import { readContent, wrongValue } from "./read-content.ts";
import { openReasoning } from "./seal.ts";

/** One item of a conversation. */
export interface ReadItem {
  /** Who it is from: `model` items in a row are one turn. */
  readonly from: "user" | "model" | "tool" | "system";
  readonly kind: "message" | "call" | "result" | "reasoning" | "other";
  readonly text: string;
  readonly images: readonly SeenImage[];
  /** Everything in it that is counted. */
  readonly counted: string;
  /** What joins a call and its result. */
  readonly callId?: string;
  /** The call's or result's own type. */
  readonly type: string;
}

/** Items that are taken as they are; the first list is the model's. */
const modelItems: readonly string[] = [
  "file_search_call",
  "computer_call",
  "web_search_call",
  "tool_search_call",
  "image_generation_call",
  "code_interpreter_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
  "mcp_list_tools",
  "mcp_approval_request",
  "mcp_call",
  "compaction",
  "program",
];
const otherItems: readonly string[] = [
  "computer_call_output",
  "tool_search_output",
  "additional_tools",
  "configuration_update",
  "local_shell_call_output",
  "shell_call_output",
  "apply_patch_call_output",
  "mcp_approval_response",
  "compaction_trigger",
  "program_output",
];
const readableItems: readonly string[] = [
  "message",
  "function_call",
  "function_call_output",
  "custom_tool_call",
  "custom_tool_call_output",
  "reasoning",
  "item_reference",
];

/**
 * Reads one item of `input` as the Responses API does.
 *
 * @throws Refusal for an unknown type, a missing member, a reasoning item whose seal does not fit its id.
 */
export function readItem(value: Json, path: Path, stored: StoredResponses): ReadItem {
  const item = reading.object(value, path);
  const type = reading.maybeText(item["type"], [...path, "type"]) ?? "message";
  const plain = { text: "", images: [], counted: JSON.stringify(item), type };
  switch (type) {
    case "message":
      return readMessage(item, path);
    case "function_call":
    case "custom_tool_call":
      return readCall(item, type, path);
    case "function_call_output":
    case "custom_tool_call_output":
      return readResult(item, type, path);
    case "reasoning":
      return readReasoning(item, path, stored);
    case "item_reference":
      return readItem(referredItem(reading.text(item["id"], [...path, "id"]), stored), path, stored);
    default:
      if (modelItems.includes(type)) return { ...plain, from: "model", kind: "other" };
      if (otherItems.includes(type)) return { ...plain, from: "tool", kind: "other" };
      throw wrongValue([...path, "type"], type, [...readableItems, ...modelItems, ...otherItems]);
  }
}

const roles = { user: "user", assistant: "model", system: "system", developer: "system" } as const;

const isRole = (role: string): role is keyof typeof roles => Object.hasOwn(roles, role);

function readMessage(item: JsonObject, path: Path): ReadItem {
  const role = reading.text(item["role"], [...path, "role"]);
  if (!isRole(role)) throw wrongValue([...path, "role"], role, ["assistant", "system", "developer", "user"]);
  const side = role === "assistant" ? "output" : "input";
  const { text, images, other } = readContent(item["content"], [...path, "content"], side);
  return { from: roles[role], kind: "message", text, images, counted: `${text}${other}`, type: "message" };
}

function readCall(item: JsonObject, type: "function_call" | "custom_tool_call", path: Path): ReadItem {
  const member = type === "function_call" ? "arguments" : "input";
  const name = reading.text(item["name"], [...path, "name"]);
  const said = reading.text(item[member], [...path, member]);
  const callId = readCallId(item, path);
  return { from: "model", kind: "call", text: "", images: [], counted: `${name}${said}`, callId, type };
}

function readCallId(item: JsonObject, path: Path): string {
  const callId = reading.text(item["call_id"], [...path, "call_id"]);
  if (callId !== "" && callId.length <= 64) return callId;
  const param = printPath([...path, "call_id"]);
  const message =
    callId === ""
      ? `Invalid '${param}': empty string. Expected a string with minimum length 1, but got an empty string instead.`
      : `Invalid '${param}': string too long. Expected a string with maximum length 64, but got a string with length ${callId.length} instead.`;
  const code = callId === "" ? "empty_string" : "string_above_max_length";
  throw new Refusal("invalid", message, { param, code });
}

function readResult(item: JsonObject, type: string, path: Path): ReadItem {
  const { text, images, other } = readContent(item["output"], [...path, "output"], "input");
  const callId = readCallId(item, path);
  return { from: "tool", kind: "result", text, images, counted: `${text}${other}`, callId, type };
}

function readReasoning(item: JsonObject, path: Path, stored: StoredResponses): ReadItem {
  const sealed = reading.maybeText(item["encrypted_content"], [...path, "encrypted_content"]);
  const id = reading.maybeText(item["id"], [...path, "id"]);
  reading.list(item["summary"], [...path, "summary"]);
  if (sealed !== undefined) checkSeal(sealed, id);
  else if (id !== undefined) referredItem(id, stored);
  const counted = JSON.stringify(item["summary"] ?? []);
  return { from: "model", kind: "reasoning", text: "", images: [], counted, type: "reasoning" };
}

function checkSeal(sealed: string, id: string | undefined): void {
  const owner = openReasoning(sealed);
  if (owner !== undefined && (id === undefined || id === owner)) return;
  const reason =
    owner === undefined
      ? "Encrypted content could not be decrypted or parsed."
      : "Encrypted content item_id did not match the target item id.";
  const what = id === undefined ? `${sealed.slice(0, 4)}...${sealed.slice(-4)}` : `for item ${id}`;
  const message = `The encrypted content ${what} could not be verified. Reason: ${reason}`;
  throw new Refusal("invalid", message, { code: "invalid_encrypted_content" });
}

function referredItem(id: string, stored: StoredResponses): JsonObject {
  const found = stored.item(id);
  if (found) return found;
  const message =
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. ` +
    "Try again with `store` set to true, or remove this item from your input.";
  throw new Refusal("not-found", message, { param: "input" });
}
