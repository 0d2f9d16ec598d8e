import type { Call } from "../../exchange/call.ts";
import type { AnswerDecoding, EncodedRequest, RequestContext, UpstreamCodec } from "../../exchange/codec.ts";
import type { Warning } from "../../exchange/warning.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { invariant, unreachable } from "../../kernel/invariant.ts";
import { isJsonObject, type Json, parseJson, printJson } from "../../kernel/json.ts";
import { malformed, readFailure } from "./error.ts";

/** Gemini makes vectors of many texts at once: `:batchEmbedContents`. It tells no usage. */
export const geminiEmbeddings: UpstreamCodec = {
  dialect: "gemini-embeddings",
  pathOf: ({ model }) => `/v1beta/models/${encodeURIComponent(model)}:batchEmbedContents`,
  framingOf: () => "sse",
  encodeRequest,
  splices: () => [],
  decodeAnswer,
  decodeStream: () => unreachable("embeddings are not streamed"),
  tapStream: () => unreachable("embeddings are not streamed"),
  tapAnswer: () => undefined,
  readFailure,
};

/** Cohere's words for what vectors are for, in Gemini's. */
const taskTypes: Readonly<Record<string, string>> = {
  search_document: "RETRIEVAL_DOCUMENT",
  search_query: "RETRIEVAL_QUERY",
  classification: "CLASSIFICATION",
  clustering: "CLUSTERING",
};

function encodeRequest(call: Call, { model }: RequestContext): EncodedRequest {
  const { embed } = call;
  invariant(embed !== undefined, "a call for vectors says of what");
  const texts = embed.inputs.filter((input) => typeof input === "string");
  if (texts.length < embed.inputs.length) {
    const message = "This model takes texts, not token ids.";
    return {
      kind: "refused",
      error: new GatewayError("unsupported_content", message, { message, param: "input" }),
    };
  }
  const requests = texts.map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    taskType: embed.purpose === undefined ? undefined : taskTypes[embed.purpose],
    outputDimensionality: embed.dimensions,
  }));
  return { kind: "request", body: printJson({ requests }), warnings: dropped(call) };
}

function dropped({ embed, endUser, extensions }: Call): readonly Warning[] {
  const isUnknown = embed?.purpose !== undefined && taskTypes[embed.purpose] === undefined;
  const names = [
    ...(endUser === undefined ? [] : ["user"]),
    ...(isUnknown ? ["input_type"] : []),
    ...extensions.keys(),
  ];
  return names.map((subject) => ({ kind: "dropped", subject }));
}

function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const value = parseJson(new TextDecoder().decode(body));
  const list = isJsonObject(value) ? value["embeddings"] : undefined;
  if (!Array.isArray(list))
    return { kind: "failure", failure: malformed("The answer is no list of vectors.") };
  const vectors = list.map((item: Json) => (isJsonObject(item) ? numbersOf(item["values"]) : undefined));
  if (vectors.includes(undefined)) return { kind: "failure", failure: malformed("A vector cannot be read.") };
  const answer = { answerId: "", model: "", parts: [], finish: { reason: "stop", raw: "" } } as const;
  return {
    kind: "answer",
    answer: { ...answer, vectors: vectors.filter((vector) => vector !== undefined) },
    warnings: [],
  };
}

function numbersOf(value: Json | undefined): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((number): number is number => typeof number === "number") ? value : undefined;
}
