import type { Citation } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { isJsonObject, type Json, printJson, RawJson } from "../../kernel/json.ts";
import { utf8Length } from "../../kernel/utf8.ts";
import type { GroundingBody, GroundingSource, GroundingSupport, Segment } from "./wire.ts";

/** A text that citations point into, and where it stands among the parts the client counts. */
export interface CitedText {
  readonly text: string;
  readonly partIndex: number;
  /** UTF-8 bytes of the same part before the text. */
  readonly bytesBefore: number;
}

/** Collects the citations of an answer as its `groundingMetadata`. */
export interface Grounding {
  readonly add: (citations: readonly Citation[], cited: CitedText) => void;
  /** `undefined` when there were none. */
  readonly body: () => GroundingBody | undefined;
  readonly warnings: () => readonly Warning[];
}

/**
 * Sources are listed once, in the order of their first use; stretches are counted in UTF-8 bytes, as Gemini counts them.
 * A web page has no place for the words that were quoted from it: they are declared.
 */
export function createGrounding(): Grounding {
  const chunks = new Map<string, GroundingSource | RawJson>();
  const supports: GroundingSupport[] = [];
  let isQuoteDropped = false;

  const indexOf = (citation: Citation): number => {
    const chunk = sourceOf(citation);
    if (citation.quote !== undefined && !(chunk instanceof RawJson) && "web" in chunk) isQuoteDropped = true;
    const key = printJson(chunk);
    if (!chunks.has(key)) chunks.set(key, chunk);
    return [...chunks.keys()].indexOf(key);
  };
  return {
    add(citations, { text, partIndex, bytesBefore }) {
      for (const citation of citations) {
        const { start = 0, end = text.length } = citation;
        const cited = text.slice(start, end);
        const startIndex = bytesBefore + utf8Length(text.slice(0, start));
        const endIndex = startIndex + utf8Length(cited);
        const segment: Segment = {
          ...(partIndex === 0 ? {} : { partIndex }),
          ...(startIndex === 0 ? {} : { startIndex }),
          endIndex,
          text: cited,
        };
        const index = indexOf(citation);
        const last = supports.at(-1);
        if (last !== undefined && printJson(last.segment) === printJson(segment)) {
          const indices = [...new Set([...last.groundingChunkIndices, index])];
          supports[supports.length - 1] = { segment, groundingChunkIndices: indices };
          continue;
        }
        supports.push({ segment, groundingChunkIndices: [index] });
      }
    },
    body: () =>
      supports.length === 0
        ? undefined
        : { groundingChunks: [...chunks.values()], groundingSupports: supports },
    warnings: () => (isQuoteDropped ? [{ kind: "dropped", subject: "the quoted words of citations" }] : []),
  };
}

/** The source in Google's form: its own object as it came, a web page by its URL, anything else by what is known of it. */
function sourceOf({ url, title, quote, raw, origin }: Citation): GroundingSource | RawJson {
  if (origin === "gemini-generate" && isGroundingChunk(raw)) return new RawJson(printJson(raw));
  const named = title === undefined ? {} : { title };
  if (url !== undefined) return { web: { uri: url, ...named } };
  return { retrievedContext: { ...named, ...(quote === undefined ? {} : { text: quote }) } };
}

function isGroundingChunk(raw: Json): boolean {
  return (
    isJsonObject(raw) && ["web", "retrievedContext", "maps", "image"].some((kind) => isJsonObject(raw[kind]))
  );
}
