import type { Citation } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { textIn } from "./delta.ts";

/** A text part and what of the message's text stands before it. */
export interface CitedText {
  readonly text: string;
  /** In characters. */
  readonly startsAt: number;
}

/** The annotations of a message or delta. */
export function annotationsOf(message: JsonObject): readonly JsonObject[] {
  const { annotations } = message;
  return Array.isArray(annotations) ? annotations.filter(isJsonObject) : [];
}

/**
 * The citation that a `url_citation` is of `text`; `undefined` for other annotations. Its indexes count characters of
 * the whole message; a stretch that does not lie in `text` is left out.
 */
export function citationOf(annotation: JsonObject, { text, startsAt }: CitedText): Citation | undefined {
  const nested = annotation["url_citation"];
  const cited = isJsonObject(nested) ? nested : annotation;
  const { url, title, content, start_index: first, end_index: last } = cited;
  if (annotation["type"] !== "url_citation" || typeof url !== "string") return undefined;
  const start = typeof first === "number" ? unitsAt(text, first - startsAt) : undefined;
  const end = typeof last === "number" ? unitsAt(text, last - startsAt) : undefined;
  return {
    url,
    ...(typeof title === "string" && title !== "" && { title }),
    ...(typeof content === "string" && content !== "" && { quote: content }),
    ...(start !== undefined && end !== undefined && start < end && { start, end }),
    raw: annotation,
    origin: "openai-chat",
  };
}

/** The sources that stand beside an answer as a whole: Perplexity's `citations`, with titles from `search_results`. */
export function sourcesOf(answer: JsonObject): readonly Citation[] {
  const listed = Array.isArray(answer["citations"]) ? answer["citations"] : [];
  const results = Array.isArray(answer["search_results"])
    ? answer["search_results"].filter(isJsonObject)
    : [];
  const urls = listed.filter((url) => typeof url === "string");
  return (urls.length > 0 ? urls : results.map((result) => textIn(result["url"])))
    .filter((url) => url !== "")
    .map((url) => {
      const result = results.find((found) => found["url"] === url);
      const title = textIn(result?.["title"]);
      const raw: Json = result ?? url;
      return { url, ...(title !== "" && { title }), raw, origin: "openai-chat" };
    });
}

/** How many characters `text` has; a pair of surrogates is one. */
export function charactersIn(text: string): number {
  return text.length - (text.match(pairs)?.length ?? 0);
}

const pairs = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Where the character `count` of `text` begins, in UTF-16 code units; `undefined` outside of it. */
function unitsAt(text: string, count: number): number | undefined {
  if (count < 0 || !Number.isInteger(count)) return undefined;
  let units = 0;
  for (let left = count; left > 0; left -= 1) {
    const character = text.codePointAt(units);
    if (character === undefined) return undefined;
    units += character > 0xffff ? 2 : 1;
  }
  return units;
}
