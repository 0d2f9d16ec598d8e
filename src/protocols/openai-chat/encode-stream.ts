import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { Finish } from "../../exchange/finish.ts";
import type { AnswerPart, Part, Seal, TokenLogprob } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import type { Warning } from "../../exchange/warning.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { customToolsOf } from "./custom-calls.ts";
import { droppedFor, extraFor } from "./encode.ts";
import { encodeChatStreamError } from "./encode-error.ts";
import { type ChatSettings, defaultSettings } from "./encode-settings.ts";
import { finishFor } from "./finish.ts";
import { answerIdFor } from "./ids.ts";
import { logprobsFor } from "./logprobs.ts";
import { createCallWriter } from "./stream-calls.ts";
import { createTextLedger } from "./stream-texts.ts";
import { createThoughtWriter } from "./stream-thoughts.ts";
import { later, lostLogprobs, lostUsage, usageFor } from "./usage.ts";
import { type ChatDelta, type ChatFinish, printWire } from "./wire.ts";

/**
 * Writes stream parts as Chat chunks: the role first, one chunk per delta, the finish, the usage if the client asked
 * for it, `[DONE]`. After a finish or an error nothing is written any more.
 */
export function encodeChatStream(
  { requestId, startedAt, call }: AnswerContext,
  settings: ChatSettings = defaultSettings,
): StreamEncoder {
  const id = answerIdFor(requestId);
  const warnings: Warning[] = [];
  const texts = createTextLedger();
  let head = "";
  let tail = call.wantsUsage ? ',"usage":null}' : "}";
  let usage: Usage | undefined;
  let isRanked = false;
  let state: "waiting" | "open" | "ended" = "waiting";

  const chunk = (delta: ChatDelta, finish: ChatFinish | null = null, logprobs = "null"): string =>
    writeEvent(
      `${head}"choices":[{"index":0,"delta":${printWire(delta)},"logprobs":${logprobs},"finish_reason":${JSON.stringify(finish)}}]${tail}`,
    );
  const calls = createCallWriter((delta) => chunk({ tool_calls: [delta] }), customToolsOf(call));
  const thoughts = createThoughtWriter(chunk, settings);
  const open = (model: string, createdAt: number): string => {
    if (state !== "waiting") return "";
    state = "open";
    const created = Math.floor(createdAt / 1000);
    head = `{"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${created},"model":${JSON.stringify(model)},`;
    return chunk({ role: "assistant", content: "", refusal: null });
  };
  const speak = (part: number, text: string): string => {
    if (text === "") return "";
    texts.add(part, text);
    return chunk({ content: text });
  };
  const endText = (part: number, end: Seal | undefined): string => {
    const annotations = texts.end(part);
    const { extra_content: extra } = extraFor(end);
    return (
      (annotations.length === 0 ? "" : chunk({ annotations })) +
      (extra === undefined ? "" : chunk({ extra_content: extra }))
    );
  };
  const rank = (tokens: readonly TokenLogprob[]): string => {
    if (tokens.length === 0) return "";
    isRanked = true;
    return chunk({}, null, JSON.stringify(logprobsFor(tokens)));
  };
  const whole = (part: number, value: Part): string => {
    warnings.push(...droppedFor(value));
    switch (value.kind) {
      case "text": {
        const spoken = speak(part, value.text);
        for (const citation of value.citations ?? []) texts.cite(part, citation);
        return spoken + rank(value.logprobs ?? []) + endText(part, value.seal);
      }
      case "refusal":
        return chunk({ refusal: value.text });
      case "reasoning":
        return thoughts.whole(value);
      case "tool-call":
        return calls.start(part, value) + calls.add(part, value.argumentsText) + calls.end(part);
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
    const ending = finishFor(finish, calls.count());
    warnings.push(...ending.warnings);
    const last = chunk({}, ending.reason);
    state = "ended";
    tail = "}";
    const told = call.wantsUsage && usage !== undefined ? usageFor(usage) : undefined;
    warnings.push(...lostLogprobs(call, isRanked));
    if (call.wantsUsage) warnings.push(...lostUsage(usage));
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
      case "refusal-end":
        return "";
      case "text-end":
        return endText(part.part, part.seal);
      case "citation":
        texts.cite(part.part, part.citation);
        warnings.push(...droppedFor({ kind: "text", text: "", citations: [part.citation] }));
        return "";
      case "logprobs":
        return rank(part.tokens);
      case "reasoning-start":
        thoughts.start(part.part, part.isSummary === true);
        return "";
      case "text-delta":
        return speak(part.part, part.text);
      case "refusal-delta":
        return part.text === "" ? "" : chunk({ refusal: part.text });
      case "reasoning-delta":
        return thoughts.add(part.part, part.text);
      case "reasoning-end":
        return thoughts.end(part.part, part.seal);
      case "tool-input-start":
        return calls.start(part.part, part);
      case "tool-input-delta":
        return calls.add(part.part, part.argumentsText);
      case "tool-input-end":
        return calls.end(part.part);
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
