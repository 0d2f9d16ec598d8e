import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import { printJson } from "../../kernel/json.ts";
import { type BlockContext, encodeBlocks } from "./answer-blocks.ts";
import { encodeFinish } from "./answer-finish.ts";
import { createAnswerIds } from "./answer-ids.ts";
import { encodeUsage, isTold } from "./answer-usage.ts";
import type { ContentBlock, MessageBody } from "./wire.ts";

/** Writes a whole answer. Tool calls come last, as this dialect's API wants them back. */
export function encodeAnswer(answer: Answer, { requestId, call, wrap }: AnswerContext): EncodedAnswer {
  const ids = createAnswerIds(requestId);
  const context: BlockContext = {
    ids,
    sealing: { wrap, isOmitted: call.reasoning?.show === "omitted" },
  };
  const warnings: Warning[] = [];
  const content: ContentBlock[] = [];
  const isCall = ({ kind }: Answer["parts"][number]): boolean => kind === "tool-call";
  const others = answer.parts.filter((part) => !isCall(part));
  for (const part of [...others, ...answer.parts.filter(isCall)]) {
    const encoded = encodeBlocks(part, context);
    warnings.push(...encoded.warnings);
    content.push(...encoded.blocks);
  }
  const { stop, warnings: lost } = encodeFinish(answer.finish, {
    hasToolCall: answer.parts.some(isCall),
    hasRefusal: answer.parts.some(({ kind }) => kind === "refusal"),
  });
  warnings.push(...lost);
  if (!isTold(answer.usage)) warnings.push(untold);
  const body: MessageBody = {
    id: ids.message,
    type: "message",
    role: "assistant",
    model: answer.model,
    content,
    ...stop,
    usage: encodeUsage(answer.usage),
  };
  return { body: printJson(body), warnings };
}

/** Declares that the zeros in `usage` are no measurement. */
export const untold: Warning = {
  kind: "changed",
  subject: "usage",
  note: "the provider told no token counts: 0 stands for unknown",
};
