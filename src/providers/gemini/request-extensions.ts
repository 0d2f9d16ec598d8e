import type { Call } from "../../exchange/call.ts";
import { isJsonObject, type Printable, parseJson, RawJson } from "../../kernel/json.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";

/** An object that is about to be printed. */
export type Body = { readonly [member: string]: Printable | undefined };

/**
 * The body with the members that have no canonical form. Those of Gemini's own clients go where they were, by a path of
 * names (`generationConfig.speechConfig`); of the members of another dialect, those that ask for a different kind of
 * answer refuse the call and all others are declared as dropped.
 */
export function encodeExtensions({ extensions, source }: Call, body: Body, notes: RequestNotes): Body {
  if (source === "gemini-generate") {
    let extended = body;
    for (const [path, value] of extensions) extended = place(extended, path.split("."), value);
    return extended;
  }
  for (const [name, value] of extensions) {
    if (name === "web_search_options") {
      notes.warn({ kind: "changed", subject: name, note: "it became Google Search, without its settings" });
      continue;
    }
    if (asksOtherwise(name, value))
      refuse("unsupported_parameter", name, `This model does not take ${name}.`);
    notes.warn({ kind: "dropped", subject: name });
  }
  return body;
}

/** What the canonical form said already is not said twice. */
function place(body: Body, [name = "", ...rest]: readonly string[], value: RawJson): Body {
  const before = Object.hasOwn(body, name) ? body[name] : undefined;
  if (rest.length === 0) return before === undefined ? { ...body, [name]: value } : body;
  return { ...body, [name]: place(isBody(before) ? before : {}, rest, value) };
}

function isBody(value: Printable | undefined): value is Body {
  return isJsonObject(value) && !(value instanceof RawJson);
}

/** Members of other dialects that nothing here is like. */
const ownDialectOnly: ReadonlySet<string> = new Set(["container", "mcp_servers", "prompt", "conversation"]);

/** Whether leaving the member out would give an answer of another kind than the client asked for. */
function asksOtherwise(name: string, { text }: RawJson): boolean {
  if (ownDialectOnly.has(name)) return text !== "null";
  const value = parseJson(text);
  switch (name) {
    case "background":
    case "logprobs":
      return value === true;
    case "top_logprobs":
      return typeof value === "number" && value > 0;
    case "logit_bias":
      return isJsonObject(value) && Object.keys(value).length > 0;
    case "audio":
      return isJsonObject(value);
    case "modalities":
      return Array.isArray(value) && value.some((modality) => modality !== "text");
    default:
      return false;
  }
}
