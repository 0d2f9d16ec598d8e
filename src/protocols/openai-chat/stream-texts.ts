import type { Citation } from "../../exchange/part.ts";
import { type Annotation, annotationsFor, charactersIn } from "./citations.ts";

/** Follows the texts of one stream, so that citations find their place in the message's whole text. */
export interface TextLedger {
  readonly add: (part: number, text: string) => void;
  readonly cite: (part: number, citation: Citation) => void;
  /** The annotations of a text that has ended. */
  readonly end: (part: number) => readonly Annotation[];
}

export function createTextLedger(): TextLedger {
  /** In the order in which they began. */
  const texts = new Map<number, string>();
  const cited = new Map<number, Citation[]>();
  return {
    add(part, text) {
      texts.set(part, (texts.get(part) ?? "") + text);
    },
    cite(part, citation) {
      const citations = cited.get(part);
      if (citations === undefined) cited.set(part, [citation]);
      else citations.push(citation);
    },
    end(part) {
      const citations = cited.get(part);
      if (citations === undefined) return [];
      cited.delete(part);
      let startsAt = 0;
      for (const [earlier, text] of texts) {
        if (earlier === part) break;
        startsAt += charactersIn(text);
      }
      const text = { text: texts.get(part) ?? "", startsAt };
      return citations.flatMap((citation) => annotationsFor(citation, text));
    },
  };
}
