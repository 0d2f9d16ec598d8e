import type { Citation } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { stretchOfBytes } from "./byte-offsets.ts";
import { stringOf } from "./candidate.ts";

/** A citation whose place in the text is not known yet: Gemini tells it in bytes, and often after the text. */
export interface Reference {
  readonly citation: Citation;
  /** The part it is in, as Gemini counts parts. */
  readonly partIndex: number | undefined;
  /** In bytes of UTF-8; absent: all of the text. */
  readonly stretch: { readonly start: number; readonly end: number } | undefined;
  /** The words cited, which tell whether the stretch is in this text. */
  readonly words: string;
}

/**
 * What a candidate says of its sources: `groundingMetadata`, one reference for each source of each stretch, and sources
 * without a stretch; `citationMetadata`.
 *
 * Source: Gemini API reference, `GroundingMetadata`, `CitationMetadata`.
 */
export function referencesOf({ groundingMetadata, citationMetadata }: JsonObject): readonly Reference[] {
  return [
    ...(isJsonObject(groundingMetadata) ? groundingOf(groundingMetadata) : []),
    ...(isJsonObject(citationMetadata) ? quotationsOf(citationMetadata) : []),
  ];
}

/** The same reference told again has the same key. */
export function referenceKey({ citation, stretch, partIndex }: Reference): string {
  return JSON.stringify([citation.url, citation.title, citation.quote, stretch, partIndex]);
}

/** The citation with its place in `text`; `undefined` when its words are not there. */
export function placeIn(text: string, { citation, stretch, words }: Reference): Citation | undefined {
  if (stretch === undefined) return citation;
  const { start, end } = stretchOfBytes(text, stretch);
  if (words === "" || text.slice(start, end) === words) return { ...citation, start, end };
  const found = text.indexOf(words);
  return found < 0 ? undefined : { ...citation, start: found, end: found + words.length };
}

function groundingOf({ groundingChunks, groundingSupports }: JsonObject): readonly Reference[] {
  const chunks = objectsOf(groundingChunks);
  const supports = objectsOf(groundingSupports);
  const used = new Set<number>();
  const supported = supports.flatMap((support) => {
    const indices = Array.isArray(support["groundingChunkIndices"]) ? support["groundingChunkIndices"] : [];
    return indices.flatMap((index: Json) => {
      const chunk = typeof index === "number" ? chunks[index] : undefined;
      if (chunk === undefined || typeof index !== "number") return [];
      used.add(index);
      return [groundingReference(chunk, support)];
    });
  });
  const rest = chunks
    .filter((_, index) => !used.has(index))
    .map((chunk) => groundingReference(chunk, undefined));
  return [...supported, ...rest];
}

function groundingReference(chunk: JsonObject, support: JsonObject | undefined): Reference {
  const source =
    [chunk["web"], chunk["retrievedContext"], chunk["maps"], chunk["image"]].find(isJsonObject) ?? {};
  const segment = support !== undefined && isJsonObject(support["segment"]) ? support["segment"] : undefined;
  return {
    citation: {
      ...told("url", stringOf(source, "uri") || stringOf(source, "sourceUri")),
      ...told("title", stringOf(source, "title")),
      ...told("quote", stringOf(source, "text")),
      raw: chunk,
      origin: "gemini-generate",
    },
    partIndex: segment === undefined ? undefined : (offset(segment["partIndex"]) ?? 0),
    stretch: stretchOf(segment),
    words: segment === undefined ? "" : stringOf(segment, "text"),
  };
}

/** Older versions of the API call the list `citationSources`. */
function quotationsOf({ citations, citationSources }: JsonObject): readonly Reference[] {
  return objectsOf(citations ?? citationSources).map((citation) => ({
    citation: {
      ...told("url", stringOf(citation, "uri")),
      ...told("title", stringOf(citation, "title")),
      raw: citation,
      origin: "gemini-generate",
    },
    partIndex: undefined,
    stretch: stretchOf(citation),
    words: "",
  }));
}

/** A start of 0 is left out on the wire. */
function stretchOf(segment: JsonObject | undefined): Reference["stretch"] {
  const end = offset(segment?.["endIndex"]);
  return end === undefined ? undefined : { start: offset(segment?.["startIndex"]) ?? 0, end };
}

function offset(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

function objectsOf(value: Json | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

function told<Name extends "url" | "title" | "quote">(
  name: Name,
  text: string,
): { readonly [N in Name]?: string } {
  const known: { [N in Name]?: string } = {};
  if (text !== "") known[name] = text;
  return known;
}
