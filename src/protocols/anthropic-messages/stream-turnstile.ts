import type { StreamPart } from "../../exchange/part.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";

/** The parts of a stream that belong to a block. */
export type BlockPart = Extract<StreamPart, { readonly part: number }>;

/** Lets the parts of interleaved blocks through one tool call at a time. */
export interface Turnstile {
  /** The text of what may be written now. */
  readonly push: (part: BlockPart) => string;
  /** The text of everything that waits; tool calls that never ended are ended. */
  readonly release: () => string;
}

/** Most characters that wait for a tool call to end. */
const waitingMax = 1024 * 1024;

/**
 * A tool call's arguments cannot be split over blocks: from its start to its end it has the way for itself, and parts
 * of other blocks wait, each block in its own order, the blocks in the order of their first part. A call whose
 * arguments are a whole object gives way as soon as another block begins: many servers tell the end of all calls only
 * at the end of the answer.
 */
export function createTurnstile(write: (part: BlockPart) => string): Turnstile {
  const waiting = new Map<number, BlockPart[]>();
  /** Calls that gave way: nothing of them may come any more. */
  const left = new Set<number>();
  let waitingSize = 0;
  /** The call that has the way, and how much of its arguments was looked at whether they are whole. */
  let passing: { readonly part: number; argumentsText: string; checked: number } | undefined;

  const pass = (part: BlockPart): string => {
    if (part.kind === "tool-input-start") passing = { part: part.part, argumentsText: "", checked: 0 };
    if (part.kind === "tool-input-delta" && passing !== undefined)
      passing.argumentsText += part.argumentsText;
    if (part.kind === "tool-input-end") passing = undefined;
    return write(part);
  };
  const giveWay = (): string => {
    if (passing === undefined || waiting.size === 0) return "";
    if (passing.checked === passing.argumentsText.length) return "";
    passing.checked = passing.argumentsText.length;
    if (!isWhole(passing.argumentsText)) return "";
    left.add(passing.part);
    return pass({ kind: "tool-input-end", part: passing.part });
  };
  const admitNext = (): string => {
    let text = "";
    while (passing === undefined) {
      const next = waiting.entries().next().value;
      if (next === undefined) break;
      waiting.delete(next[0]);
      for (const part of next[1]) {
        waitingSize -= sizeOf(part);
        text += pass(part);
      }
      text += giveWay();
    }
    return text;
  };
  const wait = (part: BlockPart): void => {
    waitingSize += sizeOf(part);
    if (waitingSize > waitingMax) {
      throw new GatewayError(
        "upstream_malformed_response",
        "more than 1 MiB waits for an open tool call to end",
      );
    }
    const queue = waiting.get(part.part);
    if (queue === undefined) waiting.set(part.part, [part]);
    else queue.push(part);
  };
  return {
    push(part) {
      if (left.has(part.part)) {
        const isBlank = part.kind !== "tool-input-delta" || part.argumentsText.trim() === "";
        if (isBlank) return "";
        throw new GatewayError(
          "upstream_malformed_response",
          "a tool call went on after its arguments were whole",
        );
      }
      if (passing !== undefined && passing.part !== part.part) wait(part);
      const text = passing === undefined || passing.part === part.part ? pass(part) : "";
      return text + giveWay() + admitNext();
    },
    release() {
      let text = "";
      while (passing !== undefined)
        text += pass({ kind: "tool-input-end", part: passing.part }) + admitNext();
      return text;
    },
  };
}

function isWhole(argumentsText: string): boolean {
  return argumentsText.trimEnd().endsWith("}") && isJsonObject(parseJson(argumentsText));
}

function sizeOf(part: BlockPart): number {
  switch (part.kind) {
    case "text-delta":
    case "refusal-delta":
    case "reasoning-delta":
      return part.text.length;
    case "tool-input-delta":
      return part.argumentsText.length;
    default:
      return 64;
  }
}
