import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import type { Citation, Part } from "../../exchange/part.ts";
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
  const others = withoutBlanks(answer.parts.filter((part) => !isCall(part)));
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

/** Texts of nothing but white space begin the next text: the API refuses such blocks when they come back. */
function withoutBlanks(parts: readonly Part[]): readonly Part[] {
  let carried = "";
  return parts.map((part) => {
    if (part.kind !== "text") return part;
    if (part.text.trim() === "") {
      carried += part.text;
      return { ...part, text: "" };
    }
    const shift = carried.length;
    const text = carried + part.text;
    carried = "";
    return shift === 0 ? part : { ...part, text, ...movedCitations(part.citations, shift) };
  });
}

function movedCitations(citations: readonly Citation[] | undefined, shift: number) {
  if (citations === undefined) return {};
  const moved = citations.map(({ start, end, ...rest }) => ({
    ...rest,
    ...(start === undefined ? {} : { start: start + shift }),
    ...(end === undefined ? {} : { end: end + shift }),
  }));
  return { citations: moved };
}

/** Declares that the zeros in `usage` are no measurement. */
export const untold: Warning = {
  kind: "changed",
  subject: "usage",
  note: "the provider told no token counts: 0 stands for unknown",
};
