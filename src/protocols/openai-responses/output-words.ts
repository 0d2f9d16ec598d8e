import type { Citation, Part, Seal, TokenLogprob } from "../../exchange/part.ts";
import type { ItemList } from "./item-list.ts";
import type { MessageWriter } from "./item-message.ts";
import type { OutputParts } from "./output-parts.ts";
import type { MessageContent } from "./wire.ts";

/** Writes texts and refusals, one block at a time. */
export interface WordBlocks {
  readonly start: (type: MessageContent["type"]) => void;
  readonly add: (text: string) => void;
  /** Log probabilities of the text that is open. */
  readonly rank: (tokens: readonly TokenLogprob[]) => void;
  /** Whether there were any. */
  readonly isRanked: () => boolean;
  readonly cite: (citation: Citation) => void;
  readonly end: (seal: Seal | undefined) => void;
  readonly whole: (part: Extract<Part, { kind: "text" | "refusal" }>) => void;
  /** Writes a refusal without words, unless there was one: the answer says by it that it is no answer. */
  readonly refuse: () => void;
}

/**
 * A block is announced with its first character. Its citations go out at its end: one of the whole text has to know
 * how long that is.
 */
export function createWordBlocks({ warnings }: Pick<OutputParts, "warnings">, list: ItemList): WordBlocks {
  let type: MessageContent["type"] = "output_text";
  let writer: MessageWriter | undefined;
  let citations: Citation[] = [];
  let hasRefusal = false;
  let isRanked = false;

  const begin = (): MessageWriter => {
    const message = list.message();
    message.start(type);
    hasRefusal ||= type === "refusal";
    return message;
  };
  const blocks: WordBlocks = {
    start(wanted) {
      type = wanted;
      writer = undefined;
      citations = [];
    },
    add(text) {
      if (text === "") return;
      writer ??= begin();
      writer.add(text);
    },
    rank(tokens) {
      if (writer === undefined || tokens.length === 0) return;
      isRanked = true;
      writer.rank(tokens);
    },
    isRanked: () => isRanked,
    cite(citation) {
      citations.push(citation);
    },
    end(seal) {
      if (writer !== undefined) warnings.push(...writer.end(citations));
      else if (citations.length > 0) warnings.push({ kind: "dropped", subject: "citations" });
      if (seal !== undefined) list.envelope(seal, writer === undefined ? "empty-text" : "text");
      writer = undefined;
    },
    whole(part) {
      blocks.start(part.kind === "text" ? "output_text" : "refusal");
      blocks.add(part.text);
      if (part.kind === "text") blocks.rank(part.logprobs ?? []);
      if (part.kind === "text") citations.push(...(part.citations ?? []));
      blocks.end(part.kind === "text" ? part.seal : undefined);
    },
    refuse() {
      if (hasRefusal) return;
      blocks.start("refusal");
      writer = begin();
      blocks.end(undefined);
    },
  };
  return blocks;
}
