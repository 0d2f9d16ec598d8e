import type { Citation, Seal, StreamPart, TokenLogprob } from "../../exchange/part.ts";

/** A stretch of text of one answer part; it begins with its first word. */
export interface TextBlock {
  readonly say: (text: string) => readonly StreamPart[];
  /** Says what is still missing of `whole`; what was said stays said. */
  readonly settle: (whole: string) => readonly StreamPart[];
  readonly cite: (make: (text: string) => Citation) => readonly StreamPart[];
  /** Log probabilities of its next tokens; they are told once, here or at its end. */
  readonly rank: (tokens: readonly TokenLogprob[]) => readonly StreamPart[];
  readonly isRanked: () => boolean;
  /** How many citations there were. */
  readonly citations: () => number;
  /** Ends it, once; a block that said nothing is none. */
  readonly end: (seal?: Seal) => readonly StreamPart[];
  readonly hasBegun: () => boolean;
}

/** Opens a block; `nextPart` numbers it when it begins. */
export function createTextBlock(
  kind: "text" | "refusal" | "reasoning" | "summary",
  nextPart: () => number,
): TextBlock {
  const word = kind === "summary" ? "reasoning" : kind;
  let part = -1;
  let said = "";
  let citations = 0;
  let isOver = false;
  let isRanked = false;
  const begin = (): readonly StreamPart[] => {
    if (part >= 0) return [];
    part = nextPart();
    if (word !== "reasoning") return [{ kind: `${word}-start`, part }];
    return [{ kind: "reasoning-start", part, ...(kind === "summary" && { isSummary: true }) }];
  };
  const say = (text: string): readonly StreamPart[] => {
    if (text === "" || isOver) return [];
    said += text;
    return [...begin(), { kind: `${word}-delta`, part, text }];
  };
  return {
    say,
    settle: (whole) => (whole.startsWith(said) ? say(whole.slice(said.length)) : []),
    cite(make) {
      if (isOver) return [];
      citations += 1;
      return [...begin(), { kind: "citation", part, citation: make(said) }];
    },
    rank(tokens) {
      if (isOver || part < 0 || tokens.length === 0) return [];
      isRanked = true;
      return [{ kind: "logprobs", part, tokens }];
    },
    isRanked: () => isRanked,
    citations: () => citations,
    end(seal) {
      if (isOver || part < 0) return [];
      isOver = true;
      if (word === "refusal") return [{ kind: "refusal-end", part }];
      return [{ kind: `${word}-end`, part, ...(seal !== undefined && { seal }) }];
    },
    hasBegun: () => part >= 0,
  };
}
