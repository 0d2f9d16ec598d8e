import type { Part } from "../../exchange/part.ts";
import { createItemList } from "./item-list.ts";
import { createCallBlocks } from "./output-calls.ts";
import type { BlockPart, OutputParts } from "./output-parts.ts";
import { createThoughtBlocks } from "./output-thoughts.ts";
import { createWordBlocks } from "./output-words.ts";
import type { ItemStatus, OutputItem } from "./wire.ts";

/** Writes the items of one answer, and the events that tell of them. */
export interface Output {
  /** Writes a part; one block ends before the next begins. */
  readonly write: (part: BlockPart) => void;
  /** From now on a thought is told when it is whole: its id comes with its end. */
  readonly holdThoughts: () => void;
  /** Sees to it that the answer has a refusal in it. */
  readonly refuse: () => void;
  /** Whether log probabilities were told. */
  readonly isRanked: () => boolean;
  /** Ends the item that is open, if there is one. */
  readonly close: (status: Exclude<ItemStatus, "in_progress">) => void;
  /** The items that have ended. */
  readonly items: () => readonly OutputItem[];
}

/**
 * An item stays open until the next one begins or the answer ends: whether the last one is whole is known only then.
 * Texts and refusals that follow each other are one message. Empty ones are left out.
 */
export function createOutput(parts: OutputParts): Output {
  const list = createItemList(parts);
  const words = createWordBlocks(parts, list);
  const thoughts = createThoughtBlocks(parts, list);
  const calls = createCallBlocks(parts, list);

  const whole = (value: Part): void => {
    switch (value.kind) {
      case "text":
      case "refusal":
        words.whole(value);
        return;
      case "reasoning":
        thoughts.whole(value);
        return;
      case "tool-call":
        calls.start(value);
        calls.add(value.argumentsText);
        calls.end();
        return;
      case "image":
        if (!list.image(value)) parts.warnings.push({ kind: "dropped", subject: "image" });
        return;
      case "opaque":
        if (value.origin !== "openai-responses" || !list.raw(value.raw))
          parts.warnings.push({ kind: "dropped", subject: value.type });
        return;
      case "document":
      case "audio":
      case "video":
      case "tool-result":
        parts.warnings.push({ kind: "dropped", subject: value.kind });
    }
  };
  return {
    write(part) {
      switch (part.kind) {
        case "text-start":
        case "refusal-start":
          words.start(part.kind === "text-start" ? "output_text" : "refusal");
          return;
        case "text-delta":
        case "refusal-delta":
          words.add(part.text);
          return;
        case "logprobs":
          words.rank(part.tokens);
          return;
        case "citation":
          words.cite(part.citation);
          return;
        case "text-end":
          words.end(part.seal);
          return;
        case "refusal-end":
          words.end(undefined);
          return;
        case "reasoning-start":
          thoughts.start(part.isSummary === true);
          return;
        case "reasoning-delta":
          thoughts.add(part.text);
          return;
        case "reasoning-end":
          thoughts.end(part.seal);
          return;
        case "tool-input-start":
          calls.start(part);
          return;
        case "tool-input-delta":
          calls.add(part.argumentsText);
          return;
        case "tool-input-end":
          calls.end();
          return;
        case "whole":
          whole(part.value);
      }
    },
    holdThoughts: thoughts.hold,
    refuse: words.refuse,
    isRanked: words.isRanked,
    close: list.close,
    items: list.items,
  };
}
