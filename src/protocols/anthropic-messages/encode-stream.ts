import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { encodeBlock } from "./answer-blocks.ts";
import { encodeFinish } from "./answer-finish.ts";
import { createAnswerIds } from "./answer-ids.ts";
import { encodeUsage, isTold } from "./answer-usage.ts";
import { untold } from "./encode.ts";
import { encodeStreamError } from "./encode-error.ts";
import { createBlockWriter, writeStreamEvent } from "./stream-blocks.ts";
import { type BlockPart, createTurnstile } from "./stream-turnstile.ts";

/**
 * Writes an answer as the events of this dialect. Blocks follow each other: text and reasoning that are interrupted
 * go on in a new block, a tool call keeps its block until it ends and whatever comes meanwhile waits. A block begins
 * with its first real content, so that none is empty. The last usage told before `finish` goes out with it.
 *
 * @throws GatewayError `upstream_malformed_response` from `push`, when more than 1 MiB has to wait.
 */
export function encodeStream({ requestId }: AnswerContext): StreamEncoder {
  const ids = createAnswerIds(requestId);
  const warnings: Warning[] = [];
  const blocks = createBlockWriter();
  /** White space that a text began with: held until the text is more than that. */
  const blank = new Map<number, string>();
  let state: "new" | "started" | "ended" = "new";
  let usage: Usage | undefined;
  let hasToolCall = false;
  let hasRefusal = false;

  const start = (model: string): string => {
    if (state !== "new") return "";
    state = "started";
    const content: readonly never[] = [];
    const message = {
      id: ids.message,
      type: "message",
      role: "assistant",
      model,
      content,
      stop_reason: null,
      stop_sequence: null,
      usage: encodeUsage(usage),
    } as const;
    return writeStreamEvent({ type: "message_start", message });
  };

  const text = (part: number, delta: string): string => {
    if (blocks.openPart() === part) return delta === "" ? "" : blocks.text(part, delta);
    const held = (blank.get(part) ?? "") + delta;
    if (held.trim() === "") {
      blank.set(part, held);
      return "";
    }
    blank.delete(part);
    return blocks.text(part, held);
  };
  const endOf = (part: number): string => {
    blank.delete(part);
    return blocks.openPart() === part ? blocks.close() : "";
  };

  /** Writes a part whose turn it is. */
  const write = (part: BlockPart): string => {
    switch (part.kind) {
      case "text-start":
      case "reasoning-start":
        return "";
      case "refusal-start":
        hasRefusal = true;
        return "";
      case "text-delta":
      case "refusal-delta":
        return text(part.part, part.text);
      case "reasoning-delta":
        return part.text === "" ? "" : blocks.thinking(part.part, part.text);
      case "reasoning-end": {
        const seal = part.seal?.origin === "anthropic-messages" ? part.seal.value : "";
        return (seal === "" ? "" : blocks.signature(part.part, seal)) + endOf(part.part);
      }
      case "tool-input-start":
        hasToolCall = true;
        return blocks.toolStart(part.part, { id: ids.toolUse(part.id), name: part.name });
      case "tool-input-delta":
        return part.argumentsText === "" ? "" : blocks.toolInput(part.argumentsText);
      case "citation":
        warnings.push({ kind: "dropped", subject: "citations" });
        return "";
      case "text-end":
      case "refusal-end":
      case "tool-input-end":
        return endOf(part.part);
      case "whole": {
        if (part.value.kind === "reasoning" && !part.value.isRedacted) {
          const seal = part.value.seal === undefined ? {} : { seal: part.value.seal };
          return (
            write({ kind: "reasoning-delta", part: part.part, text: part.value.text }) +
            write({ kind: "reasoning-end", part: part.part, ...seal })
          );
        }
        const { block, warnings: lost } = encodeBlock(part.value, ids);
        warnings.push(...lost);
        return block === undefined ? "" : blocks.whole(block);
      }
    }
  };
  const turnstile = createTurnstile(write);

  const finish = (told: Finish): string => {
    state = "ended";
    const { stop, warnings: lost } = encodeFinish(told, { hasToolCall, hasRefusal });
    warnings.push(...lost);
    if (!isTold(usage)) warnings.push(untold);
    return (
      writeStreamEvent({ type: "message_delta", delta: stop, usage: encodeUsage(usage) }) +
      writeStreamEvent({ type: "message_stop" })
    );
  };

  return {
    warnings: () => warnings,
    fail(error) {
      state = "ended";
      return encodeStreamError(error, { requestId });
    },
    push(part: AnswerPart): string {
      if (state === "ended") return "";
      switch (part.kind) {
        case "start":
          return start(part.model);
        case "usage":
          usage = part.usage;
          return "";
        case "finish":
          return start("") + turnstile.release() + blocks.close() + finish(part.finish);
        default:
          return start("") + turnstile.push(part);
      }
    },
  };
}
