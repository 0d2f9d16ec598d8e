import type { Citation, Part } from "../../exchange/part.ts";
import type { JsonSlice } from "../../framing/json-slices.ts";
import { isJsonObject, type Json, type JsonObject, RawJson } from "../../kernel/json.ts";

/** One thing that a message, or a delta of one, says. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  /** `signature`: what the provider wants back with it; `""` for none. */
  | { readonly kind: "reasoning"; readonly text: string; readonly signature: string }
  /** Where the text before it has its knowledge from; `part` is what it is outside a text. */
  | { readonly kind: "reference"; readonly citation: Citation; readonly part: Part }
  | { readonly kind: "opaque"; readonly part: Part };

/**
 * What a message says besides its tool calls, in order: `content` as a string or as chunks, with thinking and
 * references among the text. Hosted models of others put their thoughts into `reasoning_content` or `reasoning`.
 */
export function piecesOf(message: JsonObject, raw: JsonSlice | undefined): readonly Piece[] {
  const { content } = message;
  const thought = stringIn(message, "reasoning_content") || stringIn(message, "reasoning");
  const chunks: readonly Json[] = Array.isArray(content) ? content : [];
  const slice = raw?.member("content");
  return [
    ...reasoning(thought, ""),
    ...(typeof content === "string" ? text(content) : []),
    ...chunks.flatMap((chunk, index) => pieceOf(chunk, slice?.element(index))),
  ];
}

function pieceOf(chunk: Json, raw: JsonSlice | undefined): readonly Piece[] {
  if (!isJsonObject(chunk)) return [];
  const type = stringIn(chunk, "type");
  switch (type) {
    case "text":
      return text(stringIn(chunk, "text"));
    case "thinking":
      return thinking(chunk, raw);
    case "reference":
    case "tool_reference":
      return [{ kind: "reference", citation: citationOf(chunk), part: opaque(type, raw) }];
    default:
      return [{ kind: "opaque", part: opaque(type, raw) }];
  }
}

function text(words: string): readonly Piece[] {
  return words === "" ? [] : [{ kind: "text", text: words }];
}

function reasoning(words: string, signature: string): readonly Piece[] {
  return words === "" && signature === "" ? [] : [{ kind: "reasoning", text: words, signature }];
}

/** Thinking is a list of texts; what else is in it has no place inside a thought, and is told after it. */
function thinking(chunk: JsonObject, raw: JsonSlice | undefined): readonly Piece[] {
  const inside = chunk["thinking"];
  const signature = stringIn(chunk, "signature");
  if (!Array.isArray(inside)) return reasoning(typeof inside === "string" ? inside : "", signature);
  const slice = raw?.member("thinking");
  const words = inside.map((item: Json) => (isJsonObject(item) ? stringIn(item, "text") : ""));
  const others = inside.flatMap((item: Json, index): readonly Piece[] => {
    const type = isJsonObject(item) ? stringIn(item, "type") : "text";
    return type === "text" ? [] : [{ kind: "opaque", part: opaque(type, slice?.element(index)) }];
  });
  return [...reasoning(words.join(""), signature), ...others];
}

function citationOf(chunk: JsonObject): Citation {
  const url = stringIn(chunk, "url");
  const title = stringIn(chunk, "title");
  return {
    ...(url !== "" && { url }),
    ...(title !== "" && { title }),
    raw: chunk,
    origin: "mistral-chat",
  };
}

function opaque(type: string, raw: JsonSlice | undefined): Part {
  return { kind: "opaque", type, origin: "mistral-chat", raw: new RawJson(raw?.text() ?? "null") };
}

/** A member that is text; `""` when it is not. */
export function stringIn(object: JsonObject, member: string): string {
  const value = object[member];
  return typeof value === "string" ? value : "";
}
