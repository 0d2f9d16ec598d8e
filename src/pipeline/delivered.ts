import type { StreamPart } from "../exchange/part.ts";

/** One block of an answer as the client has been told it so far. */
export interface DeliveredBlock {
  readonly part: number;
  readonly kind: "text" | "refusal" | "reasoning" | "tool";
  /** The tool's. */
  readonly name: string;
  /** Text, or arguments. */
  text: string;
  isEnded: boolean;
}

/** What a client has been told of an answer: what another upstream has to go on from. */
export interface Delivered {
  readonly push: (part: StreamPart) => void;
  readonly blocks: () => readonly DeliveredBlock[];
  /** Something was told that cannot be told again: probabilities, citations, what only one provider knows. */
  readonly isUnique: () => boolean;
  /** The number that a next block may have. */
  readonly nextPart: () => number;
  /** How much was told, in characters; more than is kept ends the keeping. */
  readonly length: () => number;
}

/** An answer that is longer is not taken up by another: 4 MiB of text. */
export const deliveredLengthMax = 4 * 1024 * 1024;

export function createDelivered(): Delivered {
  const blocks: DeliveredBlock[] = [];
  let isUnique = false;
  let nextPart = 0;
  let length = 0;
  const open = (part: number, kind: DeliveredBlock["kind"], name = ""): void => {
    nextPart = Math.max(nextPart, part + 1);
    blocks.push({ part, kind, name, text: "", isEnded: false });
  };
  const find = (part: number): DeliveredBlock | undefined => blocks.findLast((block) => block.part === part);
  const say = (part: number, text: string): void => {
    length += text.length;
    const block = find(part);
    if (block !== undefined && length <= deliveredLengthMax) block.text += text;
  };
  return {
    push: (part) => {
      switch (part.kind) {
        case "text-start":
          return open(part.part, "text");
        case "refusal-start":
          return open(part.part, "refusal");
        case "reasoning-start":
          return open(part.part, "reasoning");
        case "tool-input-start":
          return open(part.part, "tool", part.name);
        case "text-delta":
        case "refusal-delta":
        case "reasoning-delta":
          return say(part.part, part.text);
        case "tool-input-delta":
          return say(part.part, part.argumentsText);
        case "text-end":
        case "refusal-end":
        case "reasoning-end":
        case "tool-input-end": {
          const block = find(part.part);
          if (block !== undefined) block.isEnded = true;
          return;
        }
        case "whole":
          nextPart = Math.max(nextPart, part.part + 1);
          isUnique = true;
          return;
        case "citation":
        case "logprobs":
          isUnique = true;
          return;
        default:
      }
    },
    blocks: () => blocks,
    isUnique: () => isUnique || length > deliveredLengthMax,
    nextPart: () => nextPart,
    length: () => length,
  };
}
