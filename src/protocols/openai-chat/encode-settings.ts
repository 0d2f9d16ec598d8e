import type { ReasoningText } from "./wire.ts";

/** What a client of this dialect may be given in more than one way. */
export interface ChatSettings {
  /** The member in which reasoning text goes out: Chat itself has none, and clients look for either. */
  readonly reasoningField: "reasoning_content" | "reasoning" | "both" | "none";
}

export const defaultSettings: ChatSettings = { reasoningField: "reasoning_content" };

/** Reasoning text in the members that the settings name. */
export function reasoningText(text: string, { reasoningField }: ChatSettings): ReasoningText {
  switch (reasoningField) {
    case "reasoning_content":
      return { reasoning_content: text };
    case "reasoning":
      return { reasoning: text };
    case "both":
      return { reasoning_content: text, reasoning: text };
    case "none":
      return {};
  }
}
