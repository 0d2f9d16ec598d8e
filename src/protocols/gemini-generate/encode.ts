import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import { printJson } from "../../kernel/json.ts";
import { encodeFinish } from "./answer-finish.ts";
import { createGrounding } from "./answer-grounding.ts";
import { createAnswerIds } from "./answer-ids.ts";
import { createPartWriter } from "./answer-parts.ts";
import { encodeUsage } from "./answer-usage.ts";
import { logprobsFor, lostLogprobs } from "./logprobs.ts";
import type { CandidateBody, PartBody, ResponseBody } from "./wire.ts";

/** Writes a whole answer as one candidate. What Gemini's clients have no place for is left out and declared. */
export function encodeAnswer(answer: Answer, context: AnswerContext): EncodedAnswer {
  const ids = createAnswerIds(context.requestId);
  const writer = createPartWriter(context, ids);
  const grounding = createGrounding();
  const parts: PartBody[] = [];
  for (const part of answer.parts) {
    parts.push(...writer.whole(part));
    if (part.kind !== "text" || part.citations === undefined || part.text === "") continue;
    grounding.add(part.citations, { text: part.text, partIndex: parts.length - 1, bytesBefore: 0 });
  }
  parts.push(...writer.end());
  const ranked = answer.parts.flatMap((part) => (part.kind === "text" ? (part.logprobs ?? []) : []));
  const hasRefusal = answer.parts.some(({ kind }) => kind === "refusal");
  const { ending, warnings } = encodeFinish(answer.finish, { hasRefusal });
  const { finishReason, ...message } = ending;
  const groundingMetadata = grounding.body();
  const candidate: CandidateBody = {
    content: { ...(parts.length === 0 ? {} : { parts }), role: "model" },
    finishReason,
    index: 0,
    ...message,
    ...(groundingMetadata === undefined ? {} : { groundingMetadata }),
    ...logprobsFor(ranked),
  };
  const body: ResponseBody = {
    candidates: [candidate],
    ...(answer.usage === undefined ? {} : { usageMetadata: encodeUsage(answer.usage) }),
    modelVersion: answer.model,
    responseId: ids.response,
  };
  return {
    body: printJson(body),
    warnings: [
      ...writer.warnings(),
      ...grounding.warnings(),
      ...warnings,
      ...lostLogprobs(context.call, ranked),
    ],
  };
}
