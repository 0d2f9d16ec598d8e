import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart, Part, Seal } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { droppedFor } from "./encode.ts";
import { encodeChatStreamError } from "./encode-error.ts";
import { finishFor } from "./finish.ts";
import { answerIdFor, toolCallIdFor } from "./ids.ts";
import { detailFor } from "./reasoning.ts";
import { later, usageFor } from "./usage.ts";
import { type ChatDelta, type ChatFinish, printWire } from "./wire.ts";

/** A tool call that is being written. */
interface OpenCall {
  readonly index: number;
  hasArguments: boolean;
}

/**
 * Writes stream parts as Chat chunks: the role first, one chunk per delta, the finish, the usage if the client asked
 * for it, `[DONE]`. After a finish or an error nothing is written any more.
 */
export function encodeChatStream({ requestId, startedAt, call }: AnswerContext): StreamEncoder {
  const id = answerIdFor(requestId);
  const warnings: Warning[] = [];
  const calls = new Map<number, OpenCall>();
  const thoughts = new Map<number, string>();
  let head = "";
  let tail = call.wantsUsage ? ',"usage":null}' : "}";
  let details = 0;
  let usage: Usage | undefined;
  let state: "waiting" | "open" | "ended" = "waiting";

  const chunk = (delta: ChatDelta, finish: ChatFinish | null = null): string =>
    writeEvent(
      `${head}"choices":[{"index":0,"delta":${printWire(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish)}}]${tail}`,
    );
  const open = (model: string, createdAt: number): string => {
    if (state !== "waiting") return "";
    state = "open";
    const created = Math.floor(createdAt / 1000);
    head = `{"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},`;
    return chunk({ role: "assistant", content: "", refusal: null });
  };
  const startCall = (part: number, callId: string, name: string): string => {
    const index = calls.size;
    calls.set(part, { index, hasArguments: false });
    return chunk({
      tool_calls: [{ index, id: toolCallIdFor(callId), type: "function", function: { name, arguments: "" } }],
    });
  };
  const addArguments = (part: number, argumentsText: string): string => {
    const target = calls.get(part);
    if (target === undefined || argumentsText === "") return "";
    target.hasArguments = true;
    return chunk({ tool_calls: [{ index: target.index, function: { arguments: argumentsText } }] });
  };
  const endCall = (part: number): string =>
    calls.get(part)?.hasArguments === true ? "" : addArguments(part, "{}");
  const seal = (part: Extract<Part, { kind: "reasoning" }>): string => {
    const detail = detailFor(part, details);
    if (detail === undefined) return "";
    details += 1;
    return chunk({ reasoning_details: [detail] });
  };
  const endReasoning = (part: number, end: Seal | undefined): string => {
    const text = thoughts.get(part) ?? "";
    thoughts.delete(part);
    return end === undefined ? "" : seal({ kind: "reasoning", text, seal: end, isRedacted: false });
  };
  const whole = (part: number, value: Part): string => {
    warnings.push(...droppedFor(value));
    switch (value.kind) {
      case "text":
        return value.text === "" ? "" : chunk({ content: value.text });
      case "refusal":
        return chunk({ refusal: value.text });
      case "reasoning":
        return (value.text === "" ? "" : chunk({ reasoning_content: value.text })) + seal(value);
      case "tool-call":
        return (
          startCall(part, value.id, value.name) + addArguments(part, value.argumentsText) + endCall(part)
        );
      case "image":
      case "document":
      case "audio":
      case "video":
      case "tool-result":
      case "opaque":
        return "";
    }
  };
  const end = (finish: Finish): string => {
    const ending = finishFor(finish, calls.size);
    warnings.push(...ending.warnings);
    const last = chunk({}, ending.reason);
    state = "ended";
    tail = "}";
    const told = call.wantsUsage && usage !== undefined ? usageFor(usage) : undefined;
    const usageChunk =
      told === undefined ? "" : writeEvent(`${head}"choices":[],"usage":${printWire(told)}}`);
    return `${last}${usageChunk}${writeEvent("[DONE]")}`;
  };

  const write = (part: AnswerPart): string => {
    switch (part.kind) {
      case "start":
        return open(part.model, part.createdAt ?? startedAt);
      case "text-start":
      case "refusal-start":
      case "text-end":
      case "refusal-end":
        return "";
      case "citation":
        warnings.push({ kind: "dropped", subject: "citations" });
        return "";
      case "reasoning-start":
        thoughts.set(part.part, "");
        return "";
      case "text-delta":
        return part.text === "" ? "" : chunk({ content: part.text });
      case "refusal-delta":
        return part.text === "" ? "" : chunk({ refusal: part.text });
      case "reasoning-delta":
        thoughts.set(part.part, (thoughts.get(part.part) ?? "") + part.text);
        return part.text === "" ? "" : chunk({ reasoning_content: part.text });
      case "reasoning-end":
        return endReasoning(part.part, part.seal);
      case "tool-input-start":
        return startCall(part.part, part.id, part.name);
      case "tool-input-delta":
        return addArguments(part.part, part.argumentsText);
      case "tool-input-end":
        return endCall(part.part);
      case "whole":
        return whole(part.part, part.value);
      case "usage":
        usage = later(usage, part.usage);
        return "";
      case "finish":
        return end(part.finish);
    }
  };

  return {
    push(part) {
      if (state === "ended") return "";
      const opening = part.kind === "start" ? "" : open(call.model, startedAt);
      return opening + write(part);
    },
    fail(error) {
      state = "ended";
      return encodeChatStreamError(error);
    },
    warnings: () => warnings,
  };
}
