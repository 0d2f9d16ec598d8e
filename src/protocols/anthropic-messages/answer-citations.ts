import type { Citation, Part } from "../../exchange/part.ts";
import type { Json } from "../../kernel/json.ts";

type Text = Extract<Part, { kind: "text" }>;

/** A stretch of text that has the same sources throughout. */
export interface CitedStretch {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/**
 * A citation in this dialect: its own as it was, another's as that of a web page, with its address. `undefined` for one
 * that is neither. The empty `encrypted_index` marks it as none of the provider's when it comes back.
 *
 * Source: Anthropic API reference, "Web search tool", citations.
 */
export function encodeCitation({ origin, raw, url, title, quote }: Citation): Json | undefined {
  if (origin === "anthropic-messages") return raw;
  if (url === undefined) return undefined;
  return {
    type: "web_search_result_location",
    cited_text: quote ?? "",
    url,
    title: title ?? null,
    encrypted_index: "",
  };
}

/**
 * A text cut where its citations begin and end, since they are of whole blocks here. White space between stretches stays
 * with the one before it: a block of nothing else would be refused. A text with a citation of the whole is not cut.
 */
export function stretchesOf({ text, citations = [] }: Text): readonly CitedStretch[] {
  const cuts = citations.flatMap(({ start, end }) =>
    start === undefined || end === undefined ? [] : [start, end],
  );
  if (cuts.length < 2 * citations.length || citations.length === 0) return [{ text, citations }];
  const edges = [...new Set([0, ...cuts.map((cut) => Math.min(cut, text.length)), text.length])].toSorted(
    (left, right) => left - right,
  );
  const stretches: { text: string; readonly citations: readonly Citation[] }[] = [];
  for (const [index, from] of edges.slice(0, -1).entries()) {
    const to = edges[index + 1] ?? text.length;
    const piece = text.slice(from, to);
    const cited = citations.filter(({ start = 0, end = 0 }) => start <= from && to <= end);
    const last = stretches.at(-1);
    if (last !== undefined && piece.trim() === "") last.text += piece;
    else if (last?.text.trim() === "") stretches.splice(-1, 1, { text: last.text + piece, citations: cited });
    else stretches.push({ text: piece, citations: cited });
  }
  return stretches;
}
