import type { AnswerContext, StreamEncoder } from "../../exchange/codec.ts";
import type { AnswerPart, Seal } from "../../exchange/part.ts";
import type { Usage } from "../../exchange/usage.ts";
import { writeEvent } from "../../framing/sse-write.ts";
import { type Printable, printJson } from "../../kernel/json.ts";
import { type EpochMs, isoTime } from "../../kernel/units.ts";
import { printFinish, printUsage } from "./encode.ts";
import { encodeAiStreamError } from "./encode-error.ts";
import { printCitation, printLogprob, printPart } from "./parts.ts";

type Body = { readonly [member: string]: Printable | undefined };

/** Writes stream parts as JSON of `ai.v1.StreamPart`, each in one event: the finish is the last and has the usage. */
export function encodeAiStream({ requestId, startedAt, call, wrap }: AnswerContext): StreamEncoder {
  let state: "waiting" | "open" | "ended" = "waiting";
  let usage: Usage | undefined;
  const start = (model: string, createdAt: EpochMs): string => {
    if (state !== "waiting") return "";
    state = "open";
    return event({ start: { id: requestId, model, createdAt: isoTime(createdAt) } });
  };
  const write = (part: AnswerPart): string => {
    switch (part.kind) {
      case "start":
        return start(part.model, part.createdAt ?? startedAt);
      case "text-start":
        return event({ textStart: { part: part.part } });
      case "refusal-start":
        return event({ refusalStart: { part: part.part } });
      case "reasoning-start":
        return event({ reasoningStart: { part: part.part, isSummary: part.isSummary } });
      case "text-delta":
        return event({ textDelta: { part: part.part, text: part.text } });
      case "refusal-delta":
        return event({ refusalDelta: { part: part.part, text: part.text } });
      case "reasoning-delta":
        return event({ reasoningDelta: { part: part.part, text: part.text } });
      case "refusal-end":
        return event({ refusalEnd: { part: part.part } });
      case "text-end":
        return event({ textEnd: { part: part.part, ...sealed(part) } });
      case "reasoning-end":
        return event({ reasoningEnd: { part: part.part, ...sealed(part) } });
      case "citation":
        return event({ citation: { part: part.part, citation: printCitation(part.citation) } });
      case "logprobs":
        return event({ logprobs: { part: part.part, tokens: part.tokens.map(printLogprob) } });
      case "tool-input-start":
        return event({
          toolInputStart: {
            part: part.part,
            id: part.id,
            name: part.name,
            isCustom: part.isCustom,
            ...sealed(part),
          },
        });
      case "tool-input-delta":
        return event({ toolInputDelta: { part: part.part, text: part.argumentsText } });
      case "tool-input-end":
        return event({ toolInputEnd: { part: part.part } });
      case "whole":
        return event({ whole: { part: part.part, value: printPart(part.value, wrap) } });
      case "usage":
        usage = part.usage;
        return "";
      case "finish":
        state = "ended";
        return event({ finish: { finish: printFinish(part.finish), usage: printUsage(usage) } });
    }
  };
  const sealed = (part: { readonly seal?: Seal }): Body =>
    part.seal === undefined ? {} : { seal: wrap?.(part.seal) };

  return {
    push: (part) => {
      if (state === "ended") return "";
      const opening = part.kind === "start" ? "" : start(call.model, startedAt);
      return opening + write(part);
    },
    fail: (error) => {
      state = "ended";
      return encodeAiStreamError(error);
    },
    warnings: () => [],
  };
}

const event = (body: Body): string => writeEvent(printJson(body));
