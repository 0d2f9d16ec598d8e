import type { Citation, Part } from "../../exchange/part.ts";
import { placeIn, type Reference } from "./citations.ts";

/** A part of a whole answer, and where Gemini had it. */
export interface AnswerPart {
  readonly index: number;
  readonly part: Part;
}

/** The parts with their citations. `isLossless`: every reference found a text. */
export function cite(
  parts: readonly AnswerPart[],
  references: readonly Reference[],
): { readonly parts: readonly Part[]; readonly isLossless: boolean } {
  const citations = new Map<AnswerPart, Citation[]>();
  const texts = parts.filter(({ part }) => part.kind === "text");
  let isLossless = true;
  for (const reference of references) {
    const placed = place(texts, reference);
    if (placed === undefined) isLossless = false;
    else citations.set(placed.text, [...(citations.get(placed.text) ?? []), placed.citation]);
  }
  return {
    parts: parts.map((answerPart): Part => {
      const { part } = answerPart;
      const found = citations.get(answerPart);
      return part.kind === "text" && found !== undefined ? { ...part, citations: found } : part;
    }),
    isLossless,
  };
}

/**
 * The text that a reference is about: the part it names if its words are there, else any text that has them, else the
 * part it names as a whole. A source that is said of no stretch belongs to the last text.
 */
function place(
  texts: readonly AnswerPart[],
  reference: Reference,
): { readonly text: AnswerPart; readonly citation: Citation } | undefined {
  const named = texts.find(({ index }) => index === reference.partIndex);
  const likely = named ?? (reference.stretch === undefined ? texts.at(-1) : texts[0]);
  if (likely === undefined) return undefined;
  for (const text of [likely, ...texts]) {
    const citation = text.part.kind === "text" ? placeIn(text.part.text, reference) : undefined;
    if (citation !== undefined) return { text, citation };
  }
  return { text: likely, citation: reference.citation };
}
