import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import { printJson } from "../../kernel/json.ts";
import { endingFor } from "./answer-finish.ts";
import { createAnswerIds } from "./answer-ids.ts";
import { encodeUsage } from "./answer-usage.ts";
import { createOutput } from "./output.ts";
import { createResponseBody, lostFor } from "./response-body.ts";

/** Writes a whole answer: what a stream of the same parts ends with. */
export function encodeAnswer(answer: Answer, context: AnswerContext): EncodedAnswer {
  const { call, requestId, startedAt, wrap } = context;
  const warnings: Warning[] = [];
  const output = createOutput({
    emit: () => {},
    ids: createAnswerIds(requestId),
    call,
    ...(wrap !== undefined && { wrap }),
    warnings,
  });
  for (const [part, value] of answer.parts.entries()) output.write({ kind: "whole", part, value });
  if (answer.finish.reason === "refusal") output.refuse();
  const { status, details, warnings: lost } = endingFor(answer.finish);
  output.close(status);
  const { usage, warnings: untold } = encodeUsage(answer.usage, output.items());
  warnings.push(...lost, ...untold, ...lostFor(call, output.isRanked()));
  const body = createResponseBody(context)({
    model: answer.model,
    createdAt: answer.createdAt ?? startedAt,
    status,
    error: null,
    incomplete_details: details,
    output: output.items(),
    usage,
    tier: answer.usage?.tier,
  });
  return { body: printJson(body), warnings };
}
