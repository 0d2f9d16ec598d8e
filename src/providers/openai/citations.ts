import type { Citation } from "../../exchange/part.ts";
import type { JsonObject } from "../../kernel/json.ts";

/**
 * Reads an annotation of a text. The provider counts characters of `text`; a citation counts UTF-16 code units. One of
 * a file points at the place where it belongs.
 */
export function citationOf(annotation: JsonObject, text: string): Citation {
  const { url, title, filename } = annotation;
  const place = annotation["index"];
  const start = offsetOf(annotation["start_index"] ?? place, text);
  const end = offsetOf(annotation["end_index"] ?? place, text);
  const name = typeof title === "string" ? title : filename;
  return {
    ...(typeof url === "string" && { url }),
    ...(typeof name === "string" && { title: name }),
    ...(start !== undefined && end !== undefined && { start, end }),
    raw: annotation,
    origin: "openai-responses",
  };
}

/** Where the character number `count` of `text` is, in UTF-16 code units; beyond its end each counts one. */
function offsetOf(count: unknown, text: string): number | undefined {
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) return undefined;
  let left = count;
  let at = 0;
  while (left > 0 && at < text.length) {
    at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    left -= 1;
  }
  return at + left;
}
