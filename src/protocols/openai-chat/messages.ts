import type { Turn } from "../../exchange/call.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import { readCitations } from "./citations.ts";
import { readContent } from "./content.ts";
import {
  blame,
  describe,
  objectsOf,
  optionalObject,
  optionalString,
  type Place,
  pathOf,
  requiredObject,
  requiredString,
} from "./fields.ts";
import { readReasoning } from "./reasoning.ts";

export interface Conversation {
  readonly instructions: readonly Part[];
  readonly turns: readonly Turn[];
  readonly warnings: readonly Warning[];
}

/** Members of a message that are read, or say nothing to a model. */
const known: ReadonlySet<string> = new Set([
  "role",
  "content",
  "name",
  "refusal",
  "tool_calls",
  "tool_call_id",
  "function_call",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "annotations",
  "extra_content",
]);

/**
 * Reads `messages`: the leading system and developer messages are the instructions, later ones stay turns in their
 * place; tool messages that follow each other become one user turn of results.
 */
export function readMessages(body: Place): Conversation {
  if ((body.object["messages"] ?? undefined) === undefined) blame(body, "messages", "an array");
  const instructions: Part[] = [];
  const turns: Turn[] = [];
  const warnings: Warning[] = [];
  let results: Part[] | undefined;
  let functionCalls = 0;

  for (const message of objectsOf(body, "messages")) {
    const role = requiredString(message, "role");
    warnings.push(...unknownMembers(message));
    if (role !== "tool" && role !== "function") results = undefined;
    switch (role) {
      case "system":
      case "developer": {
        const parts = readContent(message);
        if (turns.length === 0) instructions.push(...parts);
        else turns.push({ role, parts, ...nameOf(message) });
        break;
      }
      case "user":
        turns.push({ role, parts: readContent(message), ...nameOf(message) });
        break;
      case "assistant":
        if (optionalObject(message, "function_call") !== undefined) functionCalls += 1;
        turns.push({ role, parts: readAssistant(message, functionCalls), ...nameOf(message) });
        break;
      case "tool":
      case "function": {
        const callId =
          role === "tool" ? requiredString(message, "tool_call_id") : functionCallId(functionCalls);
        if (callId === undefined) break;
        if (results === undefined) {
          results = [];
          turns.push({ role: "user", parts: results });
        }
        results.push({ kind: "tool-result", callId, isError: false, content: readContent(message) });
        break;
      }
      case undefined:
        break;
      default:
        message.problems.push({
          path: pathOf(message, "role"),
          expected: "system, developer, user, assistant, tool or function",
          got: describe(role),
        });
    }
  }
  return { instructions, turns, warnings };
}

function readAssistant(message: Place, functionCalls: number): readonly Part[] {
  const refusal = optionalString(message, "refusal");
  const reasoning = readReasoning(message);
  const parts: readonly Part[] = [
    ...reasoning.parts,
    ...readSpoken(message),
    ...(refusal === undefined || refusal === "" ? [] : [{ kind: "refusal" as const, text: refusal }]),
    ...objectsOf(message, "tool_calls").flatMap(readToolCall),
    ...readFunctionCall(message, functionCalls),
  ];
  return reasoning.apart.reduce(seal, parts);
}

/** The content, with the citations and the seal that stand beside it: both are of its text. */
function readSpoken(message: Place): readonly Part[] {
  const content = readContent(message);
  const last = content.findLastIndex(({ kind }) => kind === "text");
  const part = content[last];
  const sealed = sealIn(message.object);
  if (part?.kind !== "text")
    return sealed === undefined ? content : [...content, { kind: "text", text: "", seal: sealed }];
  // The indexes count the characters of one text; of several it is not told which.
  const citations = content.length === 1 ? readCitations(message, part.text) : [];
  return content.with(last, {
    ...part,
    ...(citations.length > 0 && { citations }),
    ...(sealed !== undefined && { seal: sealed }),
  });
}

function readToolCall(place: Place): readonly Part[] {
  const id = requiredString(place, "id");
  const isCustom = place.object["type"] === "custom";
  const called = requiredObject(place, isCustom ? "custom" : "function");
  const name = called && requiredString(called, "name");
  const argumentsText = called && requiredString(called, isCustom ? "input" : "arguments");
  if (id === undefined || name === undefined || argumentsText === undefined) return [];
  const sealed = sealIn(place.object);
  return [
    {
      kind: "tool-call",
      id,
      name,
      argumentsText,
      ...(isCustom && { isCustom }),
      ...(sealed !== undefined && { seal: sealed }),
    },
  ];
}

/** Gemini's seal on a message or a call, where Google's own Chat endpoint has it. */
function sealIn({ extra_content: extra }: JsonObject): Seal | undefined {
  const google = isJsonObject(extra) ? extra["google"] : undefined;
  const value = isJsonObject(google) ? google["thought_signature"] : undefined;
  return typeof value === "string" && value !== "" ? { origin: "gemini-generate", value } : undefined;
}

/** Gives a seal that stood apart to the call it names, else to the first call or text without one. */
function seal(
  parts: readonly Part[],
  { callId, seal: sealed }: { readonly callId: string; readonly seal: Seal },
): readonly Part[] {
  const isOpen = (part: Part, kind: "tool-call" | "text"): boolean =>
    part.kind === kind && part.seal === undefined;
  const named = parts.findIndex((part) => isOpen(part, "tool-call") && "id" in part && part.id === callId);
  const call = named < 0 ? parts.findIndex((part) => isOpen(part, "tool-call")) : named;
  const at = call < 0 ? parts.findIndex((part) => isOpen(part, "text")) : call;
  const part = parts[at];
  if (part?.kind !== "tool-call" && part?.kind !== "text") return parts;
  return parts.with(at, { ...part, seal: sealed });
}

/** The form before tools: one call without an id; its result follows as a message of role `function`. */
function readFunctionCall(message: Place, ordinal: number): readonly Part[] {
  const called = optionalObject(message, "function_call");
  const name = called && requiredString(called, "name");
  const argumentsText = called && requiredString(called, "arguments");
  if (name === undefined || argumentsText === undefined) return [];
  return [{ kind: "tool-call", id: functionCallId(ordinal), name, argumentsText }];
}

function functionCallId(ordinal: number): string {
  return `call_function_${ordinal}`;
}

function nameOf(message: Place): { readonly name?: string } {
  const name = optionalString(message, "name");
  return name === undefined ? {} : { name };
}

function unknownMembers(message: Place): readonly Warning[] {
  return Object.entries(message.object)
    .filter(([name, value]) => !known.has(name) && value !== null)
    .map(([name]) => ({ kind: "dropped", subject: pathOf(message, name) }));
}
