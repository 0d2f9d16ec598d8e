import type { Citation } from "../../exchange/part.ts";
import { isJsonObject, type JsonObject } from "../../kernel/json.ts";
import type { Place } from "./fields.ts";

/** An entry of `annotations`. Its indexes count characters of the message's whole text, the last one exclusive. */
export type Annotation = JsonObject;

/** A text of a message, and how many characters of the message's text stand before it. */
export interface CitedText {
  readonly text: string;
  readonly startsAt: number;
}

/**
 * A citation as an annotation of the message; none for one without a URL, which Chat has no form for. What cites no
 * stretch of its own cites the whole text.
 *
 * Source: OpenAI API reference, "Chat completions", `url_citation`. Characters are Unicode code points there, UTF-16 code
 * units in the canonical form.
 */
export function annotationsFor(citation: Citation, { text, startsAt }: CitedText): readonly Annotation[] {
  const { url, title, start, end, raw } = citation;
  if (citation.origin === "openai-chat" && isJsonObject(raw) && raw["type"] === "url_citation") return [raw];
  if (url === undefined) return [];
  const first = start === undefined ? 0 : charactersIn(text.slice(0, start));
  const last = charactersIn(end === undefined ? text : text.slice(0, end));
  const stretch = { start_index: startsAt + first, end_index: startsAt + last };
  return [{ type: "url_citation", url_citation: { ...stretch, url, title: title ?? "" } }];
}

/** The citations of a message that a client sends back, as those of its one text. */
export function readCitations(message: Place, text: string): readonly Citation[] {
  const { annotations } = message.object;
  if (!Array.isArray(annotations)) return [];
  return annotations.filter(isJsonObject).flatMap((raw): readonly Citation[] => {
    const cited = raw["url_citation"];
    if (!isJsonObject(cited) || typeof cited["url"] !== "string") return [];
    const { url, title } = cited;
    const start = unitsAt(text, cited["start_index"]);
    const end = unitsAt(text, cited["end_index"]);
    return [
      {
        url,
        ...(typeof title === "string" && title !== "" && { title }),
        ...(start !== undefined && end !== undefined && start < end && { start, end }),
        raw,
        origin: "openai-chat",
      },
    ];
  });
}

/** How many characters `text` has; a pair of surrogates is one. */
export function charactersIn(text: string): number {
  return text.length - (text.match(pairs)?.length ?? 0);
}

const pairs = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Where the character `count` of `text` begins, in UTF-16 code units; `undefined` outside of it. */
function unitsAt(text: string, count: unknown): number | undefined {
  if (typeof count !== "number" || count < 0 || !Number.isInteger(count)) return undefined;
  let units = 0;
  for (let left = count; left > 0; left -= 1) {
    const character = text.codePointAt(units);
    if (character === undefined) return undefined;
    units += character > 0xffff ? 2 : 1;
  }
  return units;
}
