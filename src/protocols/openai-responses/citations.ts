import type { Citation } from "../../exchange/part.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import type { Annotation } from "./wire.ts";

/**
 * Reads an annotation of `text`. This dialect counts characters, that is code points; the canonical form counts UTF-16
 * code units.
 */
export function readAnnotation(annotation: JsonObject, text: string): Citation {
  const { url, title, filename, start_index: start, end_index: end } = annotation;
  const name = typeof title === "string" ? title : filename;
  return {
    ...(typeof url === "string" && { url }),
    ...(typeof name === "string" && { title: name }),
    ...(isOffset(start) && { start: codeUnits(text, start) }),
    ...(isOffset(end) && { end: codeUnits(text, end) }),
    raw: annotation,
    origin: "openai-responses",
  };
}

/** A citation as an annotation of `text`; `undefined` for one of another provider that names no URL. */
export function annotationFor(citation: Citation, text: string): Annotation | undefined {
  const { url, title, start, end } = citation;
  if (citation.origin === "openai-responses") return citation.raw;
  if (url === undefined) return undefined;
  return {
    type: "url_citation",
    end_index: codePoints(text, end ?? text.length),
    start_index: codePoints(text, start ?? 0),
    title: title ?? url,
    url,
  };
}

function isOffset(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

const surrogates = /[\ud800-\udfff]/;

function codePoints(text: string, units: number): number {
  if (!surrogates.test(text)) return Math.min(units, text.length);
  return Array.from(text.slice(0, units)).length;
}

function codeUnits(text: string, points: number): number {
  if (!surrogates.test(text)) return Math.min(points, text.length);
  return Array.from(text).slice(0, points).join("").length;
}
