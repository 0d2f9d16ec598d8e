import type { Part, Seal } from "../../exchange/part.ts";
import { type ChatSettings, reasoningText } from "./encode-settings.ts";
import { detailsFor } from "./reasoning.ts";
import type { ChatDelta } from "./wire.ts";

type Reasoning = Extract<Part, { kind: "reasoning" }>;

/** Writes the reasoning of one stream: its text as it comes, its sealed state when it ends. */
export interface ThoughtWriter {
  readonly start: (part: number, isSummary: boolean) => void;
  readonly add: (part: number, text: string) => string;
  readonly end: (part: number, seal: Seal | undefined) => string;
  readonly whole: (value: Reasoning) => string;
}

/** `write` makes a chunk of a delta. */
export function createThoughtWriter(
  write: (delta: ChatDelta) => string,
  settings: ChatSettings,
): ThoughtWriter {
  const open = new Map<number, { text: string; readonly isSummary: boolean }>();
  let details = 0;
  const think = (text: string): string =>
    text === "" || settings.reasoningField === "none" ? "" : write(reasoningText(text, settings));
  const seal = (part: Reasoning): string => {
    const entries = detailsFor(part, details);
    details += entries.length;
    return entries.length === 0 ? "" : write({ reasoning_details: entries });
  };
  return {
    start(part, isSummary) {
      open.set(part, { text: "", isSummary });
    },
    add(part, text) {
      const thought = open.get(part);
      if (thought !== undefined) thought.text += text;
      return think(text);
    },
    end(part, end) {
      const { text, isSummary } = open.get(part) ?? { text: "", isSummary: false };
      open.delete(part);
      if (end === undefined) return "";
      return seal({ kind: "reasoning", text, ...(isSummary && { isSummary }), seal: end, isRedacted: false });
    },
    whole: (value) => think(value.text) + seal(value),
  };
}
