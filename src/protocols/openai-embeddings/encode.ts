import type { Answer } from "../../exchange/answer.ts";
import type { AnswerContext, EncodedAnswer } from "../../exchange/codec.ts";
import { printJson } from "../../kernel/json.ts";
import { base64OfFloats } from "../../kernel/vectors.ts";

/** Writes vectors as OpenAI does, in the form the client asked for. */
export function encodeEmbeddings({ model, vectors, usage }: Answer, { facts }: AnswerContext): EncodedAnswer {
  const total = usage?.input.total;
  const body = printJson({
    object: "list",
    data: (vectors ?? []).map((vector, index) => ({
      object: "embedding",
      index,
      embedding: facts?.wantsBase64 === true ? base64OfFloats(vector) : vector,
    })),
    model,
    usage: total === undefined ? undefined : { prompt_tokens: total, total_tokens: total },
  });
  return { body, warnings: [] };
}
