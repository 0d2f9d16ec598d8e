import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import type { Finish, FinishReason } from "../../exchange/finish.ts";
import type { Usage } from "../../exchange/usage.ts";
import { type Printable, printJson } from "../../kernel/json.ts";
import { isoTime } from "../../kernel/units.ts";
import { printPart } from "./parts.ts";

const reasons: Readonly<Record<FinishReason, string>> = {
  stop: "FINISH_REASON_STOP",
  "stop-sequence": "FINISH_REASON_STOP_SEQUENCE",
  length: "FINISH_REASON_LENGTH",
  "context-length": "FINISH_REASON_CONTEXT_LENGTH",
  "tool-calls": "FINISH_REASON_TOOL_CALLS",
  refusal: "FINISH_REASON_REFUSAL",
  "content-filter": "FINISH_REASON_CONTENT_FILTER",
  pause: "FINISH_REASON_PAUSE",
  other: "FINISH_REASON_OTHER",
};

/** Writes a whole answer as JSON of `ai.v1.CompleteResponse`. */
export function encodeComplete(answer: Answer, { requestId, startedAt, wrap }: AnswerContext): EncodedAnswer {
  const body = printJson({
    id: requestId,
    model: answer.model,
    createdAt: isoTime(answer.createdAt ?? startedAt),
    parts: answer.parts.map((part) => printPart(part, wrap)),
    finish: printFinish(answer.finish),
    usage: printUsage(answer.usage),
  });
  return { body, warnings: [] };
}

export const printFinish = ({ reason, raw, stopSequence }: Finish): Printable => ({
  reason: reasons[reason],
  raw,
  stopSequence,
});

export function printUsage(usage: Usage | undefined): Printable | undefined {
  if (usage === undefined) return undefined;
  const { input, output, tier, basis } = usage;
  const written = [input.cacheWrite5m, input.cacheWrite1h, input.cacheWriteOther].filter(
    (count) => count !== undefined,
  );
  return {
    input: input.total,
    uncached: input.uncached,
    cacheRead: input.cacheRead,
    cacheWrite: written.length === 0 ? undefined : written.reduce((sum, count) => sum + Number(count), 0),
    output: output.total,
    reasoning: output.reasoning,
    tier,
    isEstimated: basis === "estimated" ? true : undefined,
  };
}
