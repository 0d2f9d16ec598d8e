import type { Citation } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** What a citation is about: the text of the answer, or the model's plan or thinking, which carry none. */
export function isOfText(citation: JsonObject): boolean {
  const { type } = citation;
  return type === undefined || type === null || type === "TEXT_CONTENT";
}

/** One citation for each source that a stretch of `text` has; one without a source where it has none. */
export function readCitations(citation: JsonObject, text: string): readonly Citation[] {
  const stretch = stretchOf(citation, text);
  const common = { ...stretch, raw: citation, origin: "cohere-chat" } as const;
  const sources = Array.isArray(citation["sources"]) ? citation["sources"].filter(isJsonObject) : [];
  if (sources.length === 0) return [common];
  return sources.map((source) => ({ ...sourceOf(source), ...common }));
}

/**
 * The cited stretch in UTF-16 code units. Cohere counts characters, as its quote of the stretch shows; an offset that
 * does not lead to the quote is not told: the citation is then of the whole part.
 */
function stretchOf(citation: JsonObject, text: string): { readonly start?: number; readonly end?: number } {
  const { start, end, text: quote } = citation;
  if (!isOffset(start) || !isOffset(end) || start > end || typeof quote !== "string") return {};
  if (text.slice(start, end) === quote) return { start, end };
  const characters = Array.from(text);
  const from = characters.slice(0, start).join("").length;
  const to = characters.slice(0, end).join("").length;
  return text.slice(from, to) === quote ? { start: from, end: to } : {};
}

function isOffset(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** A document by its title and words, the output of a tool by its id. */
function sourceOf(source: JsonObject): Pick<Citation, "url" | "title" | "quote"> {
  const document = objectIn(source, source["type"] === "tool" ? "tool_output" : "document");
  const url = textIn(document, "url");
  const title = textIn(document, "title") ?? textIn(source, "id");
  const quote = textIn(document, "text") ?? textIn(document, "snippet") ?? textIn(document, "content");
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(quote !== undefined && { quote }),
  };
}

function objectIn(object: JsonObject, member: string): JsonObject {
  const value = object[member];
  return isJsonObject(value) ? value : {};
}

function textIn(object: JsonObject, member: string): string | undefined {
  const value = object[member];
  return typeof value === "string" && value !== "" ? value : undefined;
}
