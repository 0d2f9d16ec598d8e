import { readSpans, replaceStrings, type Span, type SpanMember, stringAt } from "../../framing/json-spans.ts";
import type { Place as RulePlace } from "./rules.ts";

/** A text of a request, by what it is. `isJson`: its characters are JSON text in their turn. */
export interface BodyText {
  readonly on: Exclude<RulePlace, "output">;
  readonly isJson: boolean;
  /** Whether it is of the prompt, and not beside it: of a description of a tool, a label, a name. */
  readonly isPrompt: boolean;
  readonly text: string;
}

/** Members of a request in which the prompt stands, in any of the dialects; what is beside them is looked at too. */
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
  "prediction",
]);

/** Members whose own members are named by the client. */
const named: ReadonlySet<string> = new Set(["metadata", "labels", "variables"]);

/** Members of parts that are names, ids, state or bytes, and no text of anybody. */
const opaque: ReadonlySet<string> = new Set([
  "type",
  "role",
  "id",
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
  /** A value of a tool's or of the client's, whose members are of its own making. */
  readonly isFree: boolean;
  readonly isPrompt: boolean;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

interface Edit extends Place {
  readonly text: string;
}

type Change = (text: BodyText) => string | undefined;

/**
 * Gives every text of a request to `change`, in the order of the body, and puts what it returns in its place; whatever is
 * not changed keeps its bytes, and a body without any change is the same object. Left out are ids, enumerations, seals, and
 * the bytes and addresses of images and files.
 */
export function changeTexts(body: Uint8Array, change: Change): Uint8Array {
  const root = readSpans(body);
  if (root?.kind !== "object") return body;
  return edited(body, change, (visit) => {
    for (const { name, value } of root.members)
      if (!opaque.has(name))
        visit(value, { on: "input", isFree: named.has(name), isPrompt: prompts.has(name) }, name);
  });
}

/** The same for all strings of a JSON text, of which nothing is known but that ids and seals are none of anybody. */
export const changeStrings = (json: Uint8Array, change: Change): Uint8Array =>
  edited(json, change, (visit) =>
    visit(readSpans(json), { on: "tool-result", isFree: false, isPrompt: false }, ""),
  );

const decoder = new TextDecoder();

type Visit = (span: Span | undefined, where: Where, name: string) => void;

function edited(body: Uint8Array, change: Change, begin: (visit: Visit) => void): Uint8Array {
  const edits: Edit[] = [];
  begin(visit);
  return edits.length === 0 ? body : replaceStrings(body, edits);

  function visit(span: Span | undefined, where: Where, name: string): void {
    if (span === undefined) return;
    if (span.kind === "string") visitText(span, where, !where.isFree && argumentsOf.has(name));
    else if (span.kind === "array") for (const item of span.items) visit(item, where, name);
    else visitObject(span.members, where);
  }

  function visitText(span: Place, { on, isPrompt }: Where, isJson: boolean): void {
    // What is no string of JSON is looked at as it stands: an upstream may be less strict.
    const text = stringAt(body, span) ?? decoder.decode(body.subarray(span.start + 1, span.end - 1));
    if (text === "") return;
    const changed = change({ on: isJson ? "tool-arguments" : on, isJson, isPrompt, text });
    if (changed !== undefined && changed !== text)
      edits.push({ start: span.start, end: span.end, text: changed });
  }

  function visitObject(members: readonly SpanMember[], where: Where): void {
    if (where.isFree) {
      for (const { name, at, value } of members) {
        visitText(at, where, false);
        visit(value, where, name);
      }
      return;
    }
    const word = wordsOf(members);
    for (const { name, value } of members)
      if (!opaque.has(name) || (name === "data" && word.type === "text"))
        visit(value, within(where, word, name), name);
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
  if (named.has(name)) return { ...where, isFree: true };
  if (role === "tool" || type === "tool_result" || type.endsWith("_output"))
    return { ...where, on: "tool-result", isFree: name === "response" };
  if (results.has(name)) return { ...where, on: "tool-result", isFree: true };
  if ((callTypes.has(type) && name === "input") || name === "args")
    return { ...where, on: "tool-arguments", isFree: true };
  return where;
}

const results: ReadonlySet<string> = new Set([
  "functionResponse",
  "function_response",
  "toolResult",
  "tool_result",
]);
