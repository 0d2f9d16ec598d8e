import type { Part } from "../../exchange/part.ts";
import { isJsonObject, type Printable, parseJson, RawJson } from "../../kernel/json.ts";
import { idFor, type KnownCall } from "./request-calls.ts";
import { type RequestNotes, refuse } from "./request-notes.ts";
import { encodeMedia, encodePart } from "./request-parts.ts";

export type ToolResult = Extract<Part, { kind: "tool-result" }>;

/** The results of one user turn. */
export interface EncodedResults {
  /** As many as calls, in their order. */
  readonly responses: readonly Printable[];
  /** Media of results, for models whose results are text only. */
  readonly shown: readonly Printable[];
}

/**
 * Writes the results that answer `calls`, in the order of the calls, whatever order they came in. Gemini takes neither
 * more nor fewer, so that a call without a result is refused; those of Gemini's own clients are left to Gemini.
 */
export function encodeResults(
  results: readonly ToolResult[],
  calls: readonly KnownCall[],
  notes: RequestNotes,
): EncodedResults {
  const left = [...results];
  const ordered = calls.flatMap((call) => {
    const at = left.findIndex(({ callId }) => callId === call.id);
    const [result] = at < 0 ? [] : left.splice(at, 1);
    if (result !== undefined) return [{ result, name: call.name }];
    if (notes.source === "gemini-generate") return [];
    return refuse(
      "unsupported_content",
      "messages",
      `The call ${call.id} of the tool ${call.name} has no result.`,
    );
  });
  const orphans = left.map((result) => ({ result, name: result.name ?? unnamed(result) }));
  const encoded = [...ordered, ...orphans].map((answer) => encodeResult(answer, notes));
  return {
    responses: encoded.map(({ response }) => response),
    shown: encoded.flatMap(({ shown }) => shown),
  };
}

function unnamed({ callId }: ToolResult): never {
  return refuse(
    "unsupported_content",
    "messages",
    `The result of ${callId} answers no call of the turn before it.`,
  );
}

function encodeResult(
  { result, name }: { readonly result: ToolResult; readonly name: string },
  notes: RequestNotes,
): { readonly response: Printable; readonly shown: readonly Printable[] } {
  if (result.cache !== undefined) notes.warn({ kind: "dropped", subject: "cache_control" });
  const texts = result.content.flatMap((part) => (part.kind === "text" ? [part.text] : []));
  const media = result.content.flatMap((part) => mediaOf(part, notes));
  const { isFrom3 } = notes.abilities;
  const isShown = media.length > 0 && !isFrom3;
  if (isShown) {
    const note = "its media follow the results";
    notes.warn({ kind: "changed", subject: "tool_result", note });
  }
  const response = {
    functionResponse: {
      ...idFor(result.callId, notes),
      name,
      response: encodeResponse(texts.join("\n"), { name, isError: result.isError }, notes),
      parts: media.length > 0 && isFrom3 ? media : undefined,
    },
  };
  return { response, shown: isShown ? [{ text: `Content of the result of ${name}:` }, ...media] : [] };
}

function mediaOf(part: Part, notes: RequestNotes): readonly Printable[] {
  switch (part.kind) {
    case "text":
      if (part.cache !== undefined) notes.warn({ kind: "dropped", subject: "cache_control" });
      return [];
    case "image":
    case "document":
    case "audio":
    case "video":
      // A document that is text stays text: results have media and one object, nothing else.
      return part.kind === "document" && part.source.kind === "text"
        ? [{ inlineData: { mimeType: "text/plain", data: base64Of(part.source.text) } }]
        : encodeMedia(part, notes);
    case "opaque":
      return encodePart(part, notes);
    default:
      return refuse("unsupported_content", "messages", `A tool result cannot carry a ${part.kind}.`);
  }
}

function base64Of(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
}

/** Members that Gemini would take for a reference to one of the result's media, and refuse. */
const reference = /"(?:\$|\\u0024)(?:ref|defs)"\s*:/;

/**
 * A result as an object: its own text if it is one, else under `result`; under `error` if the tool failed. JSON with
 * references in it goes as text.
 */
function encodeResponse(
  text: string,
  { name, isError }: { readonly name: string; readonly isError: boolean },
  notes: RequestNotes,
): Printable {
  const value = parseJson(text);
  const isObject = isJsonObject(value);
  const hasReference = isObject && reference.test(text);
  if (hasReference) {
    const note = "it went as text, since its $ref would be followed";
    notes.warn({ kind: "changed", subject: `result of ${name}`, note });
  }
  const told = isObject && !hasReference ? new RawJson(text.trim()) : text;
  if (isError) return isObject && "error" in value && told instanceof RawJson ? told : { error: told };
  return told instanceof RawJson ? told : { result: told };
}
