import { GatewayError } from "../../kernel/errors.ts";
import { isJsonObject, parseJson } from "../../kernel/json.ts";
import type { BlockPart } from "./output-parts.ts";

/** Lets the parts of interleaved blocks through one block at a time. */
export interface Turnstile {
  /** Writes what may be written now. */
  readonly push: (part: BlockPart) => void;
  /** Writes everything that waits; blocks that never ended are ended. */
  readonly release: () => void;
}

/** Most characters that wait for an open block to end. */
const waitingMax = 1024 * 1024;

/** The block that has the way. */
interface Passing {
  readonly part: number;
  readonly end: BlockPart;
  /** Of a function's call: its arguments, and how much of them was looked at whether they are whole. */
  argumentsText: string | undefined;
  checked: number;
}

/**
 * Items of this dialect follow each other: from its start to its end a block has the way for itself, and parts of
 * others wait, each block in its own order, the blocks in the order of their first part. A call whose arguments are a
 * whole object gives way as soon as another block begins: many servers tell the end of all calls only at the end of
 * the answer.
 */
export function createTurnstile(write: (part: BlockPart) => void): Turnstile {
  const waiting = new Map<number, BlockPart[]>();
  /** Calls that gave way: nothing of them may come any more. */
  const left = new Set<number>();
  let waitingSize = 0;
  let passing: Passing | undefined;

  const pass = (part: BlockPart): void => {
    const started = passingOf(part);
    if (started !== undefined) passing = started;
    else if (part.kind === passing?.end.kind) passing = undefined;
    else if (part.kind === "tool-input-delta" && passing?.argumentsText !== undefined)
      passing.argumentsText += part.argumentsText;
    write(part);
  };
  const giveWay = (): void => {
    if (passing?.argumentsText === undefined || waiting.size === 0) return;
    if (passing.checked === passing.argumentsText.length) return;
    passing.checked = passing.argumentsText.length;
    if (!isWhole(passing.argumentsText)) return;
    left.add(passing.part);
    pass(passing.end);
  };
  const admitNext = (): void => {
    while (passing === undefined) {
      const next = waiting.entries().next().value;
      if (next === undefined) return;
      waiting.delete(next[0]);
      for (const part of next[1]) {
        waitingSize -= sizeOf(part);
        pass(part);
      }
      giveWay();
    }
  };
  const wait = (part: BlockPart): void => {
    waitingSize += sizeOf(part);
    if (waitingSize > waitingMax)
      throw new GatewayError("upstream_malformed_response", "more than 1 MiB waits for an open block to end");
    const queue = waiting.get(part.part);
    if (queue === undefined) waiting.set(part.part, [part]);
    else queue.push(part);
  };
  return {
    push(part) {
      if (left.has(part.part)) {
        const isBlank = part.kind !== "tool-input-delta" || part.argumentsText.trim() === "";
        if (isBlank) return;
        throw new GatewayError(
          "upstream_malformed_response",
          "a tool call went on after its arguments were whole",
        );
      }
      if (passing !== undefined && passing.part !== part.part) wait(part);
      else pass(part);
      giveWay();
      admitNext();
    },
    release() {
      while (passing !== undefined) {
        pass(passing.end);
        admitNext();
      }
    },
  };
}

/** The block that `block` begins. */
function passingOf(block: BlockPart): Passing | undefined {
  const { part } = block;
  const passing = { part, argumentsText: undefined, checked: 0 };
  switch (block.kind) {
    case "text-start":
      return { ...passing, end: { kind: "text-end", part } };
    case "refusal-start":
      return { ...passing, end: { kind: "refusal-end", part } };
    case "reasoning-start":
      return { ...passing, end: { kind: "reasoning-end", part } };
    case "tool-input-start": {
      const argumentsText = block.isCustom === true ? undefined : "";
      return { ...passing, end: { kind: "tool-input-end", part }, argumentsText };
    }
    default:
      return undefined;
  }
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
