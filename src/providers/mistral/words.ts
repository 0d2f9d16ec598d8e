import type { StreamPart } from "../../exchange/part.ts";
import type { Piece } from "./pieces.ts";

/** Writes what a stream says, piece by piece, as blocks. */
export interface WordReader {
  readonly push: (piece: Piece) => readonly StreamPart[];
  /** Ends the block that is open. */
  readonly close: () => readonly StreamPart[];
}

interface OpenWords {
  readonly kind: "text" | "reasoning";
  readonly part: number;
  /** Of text: how much was said, and up to where it was cited. */
  length: number;
  cited: number;
}

/** A block lasts until something else begins; a thought also ends with its signature. `nextPart` numbers the parts. */
export function createWordReader(nextPart: () => number): WordReader {
  let words: OpenWords | undefined;

  const close = (): readonly StreamPart[] => {
    if (words === undefined) return [];
    const { kind, part } = words;
    words = undefined;
    return [{ kind: `${kind}-end`, part }];
  };
  const say = (kind: OpenWords["kind"], text: string): readonly StreamPart[] => {
    const said: StreamPart[] = [];
    if (words?.kind !== kind) {
      said.push(...close());
      words = { kind, part: nextPart(), length: 0, cited: 0 };
      said.push({ kind: `${kind}-start`, part: words.part });
    }
    words.length += text.length;
    if (text !== "") said.push({ kind: `${kind}-delta`, part: words.part, text });
    return said;
  };
  const sign = (signature: string): readonly StreamPart[] => {
    if (words === undefined || signature === "") return [];
    const { part } = words;
    words = undefined;
    return [{ kind: "reasoning-end", part, seal: { origin: "mistral-chat", value: signature } }];
  };

  return {
    push(piece) {
      switch (piece.kind) {
        case "text":
          return say("text", piece.text);
        case "reasoning":
          return [...say("reasoning", piece.text), ...sign(piece.signature)];
        case "reference": {
          if (words?.kind !== "text")
            return [...close(), { kind: "whole", part: nextPart(), value: piece.part }];
          const { part, cited, length } = words;
          words.cited = length;
          return [{ kind: "citation", part, citation: { ...piece.citation, start: cited, end: length } }];
        }
        case "opaque":
          return [...close(), { kind: "whole", part: nextPart(), value: piece.part }];
      }
    },
    close,
  };
}
