import { readSpans, replaceStrings, type Span, type SpanMember, stringAt } from "../../framing/json-spans.ts";
import type { Place } from "./rules.ts";

/** A text of a request, by what it is. `isJson`: its characters are JSON text in their turn. */
export interface BodyText {
  readonly on: Exclude<Place, "output">;
  readonly isJson: boolean;
  readonly text: string;
}

/** Members of a request in which the prompt stands, in any of the dialects. */
const prompts: ReadonlySet<string> = new Set([
  "messages",
  "input",
  "inputs",
  "contents",
  "content",
  "system",
  "instructions",
  "systemInstruction",
  "system_instruction",
  "prompt",
]);

/** Members of parts that are names, ids, state or bytes, and no text of anybody. */
const opaque: ReadonlySet<string> = new Set([
  "type",
  "role",
  "id",
  "name",
  "call_id",
  "callId",
  "tool_call_id",
  "toolCallId",
  "tool_use_id",
  "data",
  "url",
  "image_url",
  "file_id",
  "file_data",
  "fileUri",
  "file_uri",
  "media_type",
  "mimeType",
  "mime_type",
  "signature",
  "thoughtSignature",
  "thought_signature",
  "encrypted_content",
  "cache_control",
  "status",
  "detail",
  "format",
  "model",
  "inlineData",
  "inline_data",
]);

const argumentsOf: ReadonlySet<string> = new Set(["arguments", "arguments_json", "args"]);
const callTypes: ReadonlySet<string> = new Set(["tool_use", "function_call", "custom_tool_call"]);

interface Where {
  readonly on: BodyText["on"];
  /** A value of a tool's, whose members are of its own making. */
  readonly isFree: boolean;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Gives every text of a prompt to `change`, in the order of the body, and puts what it returns in its place; whatever is
 * not changed keeps its bytes, and a body without any change is the same object.
 */
export function changeTexts(body: Uint8Array, change: (text: BodyText) => string | undefined): Uint8Array {
  const edits: Edit[] = [];
  const root = readSpans(body);
  if (root?.kind !== "object") return body;
  for (const { name, value } of root.members)
    if (prompts.has(name)) visit(value, { on: "input", isFree: false }, name);
  return edits.length === 0 ? body : replaceStrings(body, edits);

  function visit(span: Span | undefined, where: Where, name: string): void {
    if (span === undefined) return;
    if (span.kind === "string") {
      const text = stringAt(body, span);
      if (text === undefined || text === "") return;
      const isJson = !where.isFree && argumentsOf.has(name);
      const changed = change({ on: isJson ? "tool-arguments" : where.on, isJson, text });
      if (changed !== undefined && changed !== text)
        edits.push({ start: span.start, end: span.end, text: changed });
    } else if (span.kind === "array") for (const item of span.items) visit(item, where, name);
    else visitObject(span.members, where);
  }

  function visitObject(members: readonly SpanMember[], where: Where): void {
    if (where.isFree) {
      for (const { name, value } of members) visit(value, where, name);
      return;
    }
    const word = wordsOf(members);
    for (const { name, value } of members)
      if (!opaque.has(name)) visit(value, within(where, word, name), name);
  }

  function wordsOf(members: readonly SpanMember[]): { readonly type: string; readonly role: string } {
    const textOf = (wanted: string): string => {
      const value = members.find(({ name }) => name === wanted)?.value;
      return value?.kind === "string" ? (stringAt(body, value) ?? "") : "";
    };
    return { type: textOf("type"), role: textOf("role") };
  }
}

function within(
  where: Where,
  { type, role }: { readonly type: string; readonly role: string },
  name: string,
): Where {
  if (role === "tool" || type === "tool_result" || type.endsWith("_output"))
    return { on: "tool-result", isFree: name === "response" };
  if (
    name === "functionResponse" ||
    name === "function_response" ||
    name === "toolResult" ||
    name === "tool_result"
  )
    return { on: "tool-result", isFree: true };
  if ((callTypes.has(type) && name === "input") || name === "args")
    return { on: "tool-arguments", isFree: true };
  return where;
}
