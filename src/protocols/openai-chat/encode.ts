import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import type { Part, Seal } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import { type Annotation, annotationsFor, charactersIn } from "./citations.ts";
import { asDeclared, customToolsOf } from "./custom-calls.ts";
import { type ChatSettings, defaultSettings, reasoningText } from "./encode-settings.ts";
import { finishFor } from "./finish.ts";
import { answerIdFor, toolCallIdFor } from "./ids.ts";
import { logprobsFor } from "./logprobs.ts";
import { detailsFor, type ReasoningDetail } from "./reasoning.ts";
import { lostLogprobs, lostUsage, usageFor } from "./usage.ts";
import { type ChatMessage, type ChatToolCall, type ExtraContent, printWire } from "./wire.ts";

/** Writes a whole answer as a Chat completion. What Chat cannot carry is left out and declared. */
export function encodeChat(
  answer: Answer,
  { requestId, startedAt, call }: AnswerContext,
  settings: ChatSettings = defaultSettings,
): EncodedAnswer {
  const custom = customToolsOf(call);
  const calls = answer.parts.flatMap((part) =>
    part.kind === "tool-call" ? [callFor(asDeclared(part, custom))] : [],
  );
  const finish = finishFor(answer.finish, calls.length);
  const usage = answer.usage && usageFor(answer.usage);
  const tier = answer.usage?.tier;
  const message = messageOf(answer.parts, calls, settings);
  const ranked = answer.parts.flatMap((part) => (part.kind === "text" ? (part.logprobs ?? []) : []));
  const body = printWire({
    id: answerIdFor(requestId),
    object: "chat.completion",
    created: Math.floor((answer.createdAt ?? startedAt) / 1000),
    model: answer.model,
    choices: [{ index: 0, message, logprobs: logprobsFor(ranked), finish_reason: finish.reason }],
    ...(usage !== undefined && { usage }),
    ...(tier !== undefined && { service_tier: tier }),
  });
  return {
    body,
    warnings: [
      ...answer.parts.flatMap(droppedFor),
      ...finish.warnings,
      ...lostUsage(answer.usage),
      ...lostLogprobs(call, ranked.length > 0),
    ],
  };
}

function messageOf(
  parts: readonly Part[],
  calls: readonly ChatToolCall[],
  settings: ChatSettings,
): ChatMessage {
  const reasoning = parts.filter((part) => part.kind === "reasoning");
  const thought = reasoning.map(({ text }) => text).join("");
  const details: ReasoningDetail[] = [];
  for (const part of reasoning) details.push(...detailsFor(part, details.length));
  const annotations = annotationsOf(parts);
  const seal = parts.findLast((part) => part.kind === "text" && part.seal !== undefined);
  return {
    role: "assistant",
    content: joined(parts, "text"),
    refusal: joined(parts, "refusal"),
    ...(annotations.length > 0 && { annotations }),
    ...(thought !== "" && reasoningText(thought, settings)),
    ...(details.length > 0 && { reasoning_details: details }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(seal?.kind === "text" && extraFor(seal.seal)),
  };
}

function joined(parts: readonly Part[], kind: "text" | "refusal"): string | null {
  const texts = parts.flatMap((part) => (part.kind === kind ? [part.text] : []));
  const text = texts.join("");
  // A text that is there for its seal only says nothing.
  return texts.length === 0 || (text === "" && parts.some(isSealedText)) ? null : text;
}

function isSealedText(part: Part): boolean {
  return part.kind === "text" && part.text === "" && part.seal !== undefined;
}

function annotationsOf(parts: readonly Part[]): readonly Annotation[] {
  const annotations: Annotation[] = [];
  let startsAt = 0;
  for (const part of parts) {
    if (part.kind !== "text") continue;
    const cited = { text: part.text, startsAt };
    annotations.push(...(part.citations ?? []).flatMap((citation) => annotationsFor(citation, cited)));
    startsAt += charactersIn(part.text);
  }
  return annotations;
}

function callFor({
  id,
  name,
  argumentsText,
  isCustom,
  seal,
}: Extract<Part, { kind: "tool-call" }>): ChatToolCall {
  const head = { id: toolCallIdFor(id) };
  if (isCustom === true)
    return { ...head, type: "custom", custom: { name, input: argumentsText }, ...extraFor(seal) };
  const called = { name, arguments: argumentsText === "" ? "{}" : argumentsText };
  return { ...head, type: "function", function: called, ...extraFor(seal) };
}

/** Gemini's seal in the place where Google's own Chat endpoint has it; no other seals a text or a call. */
export function extraFor(seal: Seal | undefined): { readonly extra_content?: ExtraContent } {
  return seal?.origin === "gemini-generate"
    ? { extra_content: { google: { thought_signature: seal.value } } }
    : {};
}

/** The declaration for what of a part a Chat message has no place for. */
export function droppedFor(part: Part): readonly Warning[] {
  switch (part.kind) {
    case "text": {
      const isLost = (part.citations ?? []).some(
        (citation) => annotationsFor(citation, nowhere).length === 0,
      );
      return [...(isLost ? [{ kind: "dropped", subject: "citations" } as const] : []), ...sealLost(part)];
    }
    case "tool-call":
      return sealLost(part);
    case "refusal":
    case "reasoning":
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

const nowhere = { text: "", startsAt: 0 };

function sealLost({ seal }: { readonly seal?: Seal }): readonly Warning[] {
  return seal === undefined || seal.origin === "gemini-generate"
    ? []
    : [{ kind: "dropped", subject: "seal" }];
}
