import type { Citation, Seal, StreamPart, TokenLogprob } from "../../exchange/part.ts";
import type { JsonObject } from "../../kernel/json.ts";
import { sealOf } from "./calls.ts";
import { charactersIn, citationOf } from "./citations.ts";

type Words = "text" | "reasoning" | "refusal";

/** The blocks of words of one stream: one is open at a time, since a Chat stream does not tell where one ends. */
export interface WordBlocks {
  readonly say: (kind: Words, text: string, isSummary?: boolean) => readonly StreamPart[];
  /** Seals the open reasoning; what has none open, or a second seal, comes as a part of its own. */
  readonly seal: (seal: Seal) => readonly StreamPart[];
  /** Log probabilities of the text that is open; of none they are left out. */
  readonly rank: (tokens: readonly TokenLogprob[]) => readonly StreamPart[];
  /** Gemini's seal of the text, told when the text ends. */
  readonly sign: (signature: string) => void;
  /** Annotations of the text, told when it ends: their indexes count the message's characters. */
  readonly annotate: (annotations: readonly JsonObject[]) => void;
  /** The sources of the whole answer so far. */
  readonly source: (sources: readonly Citation[]) => void;
  readonly close: () => readonly StreamPart[];
  /** Closes, and tells a seal that no text came to. */
  readonly end: () => readonly StreamPart[];
}

interface OpenBlock {
  readonly kind: Words;
  readonly part: number;
  text: string;
  seal: Seal | undefined;
}

export function createWordBlocks(nextPart: () => number): WordBlocks {
  let open: OpenBlock | undefined;
  /** Characters of the message's text before the open block. */
  let startsAt = 0;
  let annotations: readonly JsonObject[] = [];
  let sources: readonly Citation[] = [];
  let signature = "";

  const endText = ({ part, text }: OpenBlock): readonly StreamPart[] => {
    const cited = annotations.flatMap((annotation) => citationOf(annotation, { text, startsAt }) ?? []);
    const parts: readonly StreamPart[] = [
      ...[...cited, ...sources].map((citation) => ({ kind: "citation" as const, part, citation })),
      { kind: "text-end", part, ...sealOf(signature) },
    ];
    startsAt += charactersIn(text);
    annotations = [];
    sources = [];
    signature = "";
    return parts;
  };
  const close = (): readonly StreamPart[] => {
    const block = open;
    open = undefined;
    switch (block?.kind) {
      case undefined:
        return [];
      case "text":
        return endText(block);
      case "reasoning":
        return [
          { kind: "reasoning-end", part: block.part, ...(block.seal !== undefined && { seal: block.seal }) },
        ];
      case "refusal":
        return [{ kind: "refusal-end", part: block.part }];
    }
  };
  return {
    say(kind, text, isSummary = false) {
      if (text === "") return [];
      const isOpen = open?.kind === kind && open.seal === undefined;
      const before = isOpen ? [] : close();
      const block =
        isOpen && open !== undefined ? open : { kind, part: nextPart(), text: "", seal: undefined };
      open = block;
      // Only what citations point into is kept.
      if (kind === "text") block.text += text;
      const { part } = block;
      const delta: StreamPart = { kind: `${kind}-delta`, part, text };
      if (isOpen) return [delta];
      const start: StreamPart =
        kind === "reasoning"
          ? { kind: "reasoning-start", part, ...(isSummary && { isSummary }) }
          : { kind: `${kind}-start`, part };
      return [...before, start, delta];
    },
    seal(seal) {
      if (open?.kind === "reasoning" && open.seal === undefined) {
        open.seal = seal;
        return [];
      }
      // Seals keep their order: the open one is told before the next.
      const before = open?.kind === "reasoning" ? close() : [];
      const value = { kind: "reasoning" as const, text: "", seal, isRedacted: true };
      return [...before, { kind: "whole", part: nextPart(), value }];
    },
    rank(tokens) {
      return tokens.length === 0 || open?.kind !== "text"
        ? []
        : [{ kind: "logprobs", part: open.part, tokens }];
    },
    sign(next) {
      signature = next;
    },
    annotate(next) {
      annotations = [...annotations, ...next];
    },
    source(next) {
      sources = next;
    },
    close,
    end() {
      const closing = close();
      if (signature === "") return closing;
      const value = { kind: "text" as const, text: "", ...sealOf(signature) };
      return [...closing, { kind: "whole", part: nextPart(), value }];
    },
  };
}
