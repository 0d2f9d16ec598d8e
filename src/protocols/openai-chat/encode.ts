import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import type { Part } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { finishFor } from "./finish.ts";
import { answerIdFor, toolCallIdFor } from "./ids.ts";
import { detailFor } from "./reasoning.ts";
import { usageFor } from "./usage.ts";
import { type ChatMessage, type ChatToolCall, printWire } from "./wire.ts";

/** Writes a whole answer as a Chat completion. What Chat cannot carry is left out and declared. */
export function encodeChat(answer: Answer, { requestId, startedAt }: AnswerContext): EncodedAnswer {
  const calls = answer.parts.flatMap(callOf);
  const finish = finishFor(answer.finish, calls.length);
  const usage = answer.usage && usageFor(answer.usage);
  const tier = answer.usage?.tier;
  const body = printWire({
    id: answerIdFor(requestId),
    object: "chat.completion",
    created: Math.floor((answer.createdAt ?? startedAt) / 1000),
    model: answer.model,
    choices: [
      { index: 0, message: messageOf(answer.parts, calls), logprobs: null, finish_reason: finish.reason },
    ],
    ...(usage !== undefined && { usage }),
    ...(tier !== undefined && { service_tier: tier }),
  });
  return { body, warnings: [...answer.parts.flatMap(droppedFor), ...finish.warnings] };
}

function messageOf(parts: readonly Part[], calls: readonly ChatToolCall[]): ChatMessage {
  const reasoning = parts.filter((part) => part.kind === "reasoning");
  const thought = reasoning.map(({ text }) => text).join("");
  const details = reasoning.flatMap((part, index) => detailFor(part, index) ?? []);
  return {
    role: "assistant",
    content: joined(parts, "text"),
    refusal: joined(parts, "refusal"),
    ...(thought !== "" && { reasoning_content: thought }),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function joined(parts: readonly Part[], kind: "text" | "refusal"): string | null {
  const texts = parts.flatMap((part) => (part.kind === kind ? [part.text] : []));
  return texts.length === 0 ? null : texts.join("");
}

function callOf(part: Part): readonly ChatToolCall[] {
  if (part.kind !== "tool-call") return [];
  const argumentsText = part.argumentsText === "" ? "{}" : part.argumentsText;
  return [
    { id: toolCallIdFor(part.id), type: "function", function: { name: part.name, arguments: argumentsText } },
  ];
}

/** The declaration for a part that a Chat message has no place for. */
export function droppedFor(part: Part): readonly Warning[] {
  switch (part.kind) {
    case "text":
    case "refusal":
    case "reasoning":
    case "tool-call":
      return [];
    case "opaque":
      return [{ kind: "dropped", subject: part.type }];
    case "image":
    case "audio":
    case "video":
    case "document":
    case "tool-result":
      return [{ kind: "dropped", subject: part.kind }];
  }
}
