import type { Citation } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { utf8Length } from "../../kernel/utf8.ts";
import type { Grounding } from "./answer-grounding.ts";

/** Follows the text of a stream, so that citations can be counted in it. Clients join all of a stream's text to one part. */
export interface CitedStream {
  readonly said: (part: number, text: string) => void;
  readonly cite: (part: number, citation: Citation) => void;
  /** A text block has ended: only now is known where its citations end. */
  readonly end: (part: number) => void;
  readonly warnings: () => readonly Warning[];
}

interface Block {
  /** Offset of the block in the whole text, in UTF-16 code units. */
  readonly start: number;
  length: number;
  readonly citations: Citation[];
}

export function createCitedStream(grounding: Grounding): CitedStream {
  const blocks = new Map<number, Block>();
  const warnings: Warning[] = [];
  let whole = "";
  const blockOf = (part: number): Block => {
    const block = blocks.get(part) ?? { start: whole.length, length: 0, citations: [] };
    blocks.set(part, block);
    return block;
  };
  return {
    said(part, text) {
      blockOf(part).length += text.length;
      whole += text;
    },
    cite: (part, citation) => void blockOf(part).citations.push(citation),
    end(part) {
      const block = blocks.get(part);
      blocks.delete(part);
      if (block === undefined || block.citations.length === 0 || block.length === 0) return;
      if (block.start + block.length !== whole.length) {
        warnings.push({ kind: "dropped", subject: "citations", note: "their text was interrupted" });
        return;
      }
      const bytesBefore = utf8Length(whole.slice(0, block.start));
      grounding.add(block.citations, { text: whole.slice(block.start), partIndex: 0, bytesBefore });
    },
    warnings: () => warnings,
  };
}
