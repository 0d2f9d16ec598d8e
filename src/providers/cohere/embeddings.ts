import type { Call } from "../../exchange/call.ts";
import type { AnswerDecoding, EncodedRequest, RequestContext, UpstreamCodec } from "../../exchange/codec.ts";
import type { Usage } from "../../exchange/usage.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { invariant, unreachable } from "../../kernel/invariant.ts";
import { isJsonObject, type Json, type JsonObject, parseJson, printJson } from "../../kernel/json.ts";
import { tokens } from "../../kernel/units.ts";
import { malformed, readFailure } from "./error.ts";

/** Cohere has to be told what vectors are for; this is what most are made for. Source: AI models specification, part 16. */
const purposeUnlessTold = "search_document";

/** Cohere's vectors: `POST /v2/embed`. */
export const cohereEmbeddings: UpstreamCodec = {
  dialect: "cohere-embeddings",
  pathOf: () => "/v2/embed",
  framingOf: () => "sse",
  encodeRequest,
  splices: () => [],
  decodeAnswer,
  decodeStream: () => unreachable("embeddings are not streamed"),
  tapStream: () => unreachable("embeddings are not streamed"),
  tapAnswer: () => undefined,
  readFailure,
};

function encodeRequest({ embed, endUser, extensions }: Call, { model }: RequestContext): EncodedRequest {
  invariant(embed !== undefined, "a call for vectors says of what");
  const texts = embed.inputs.filter((input) => typeof input === "string");
  if (texts.length < embed.inputs.length) {
    const message = "This model takes texts, not token ids.";
    return {
      kind: "refused",
      error: new GatewayError("unsupported_content", message, { message, param: "input" }),
    };
  }
  const body = printJson({
    model,
    texts,
    input_type: embed.purpose ?? purposeUnlessTold,
    embedding_types: ["float"],
    output_dimension: embed.dimensions,
  });
  const names = [...(endUser === undefined ? [] : ["user"]), ...extensions.keys()];
  return { kind: "request", body, warnings: names.map((subject) => ({ kind: "dropped", subject })) };
}

function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const value = parseJson(new TextDecoder().decode(body));
  const embeddings = isJsonObject(value) ? value["embeddings"] : undefined;
  const list = isJsonObject(embeddings) ? embeddings["float"] : embeddings;
  if (!isJsonObject(value) || !Array.isArray(list))
    return { kind: "failure", failure: malformed("The answer is no list of vectors.") };
  const vectors = list.map(numbersOf);
  if (vectors.includes(undefined)) return { kind: "failure", failure: malformed("A vector cannot be read.") };
  const answer = { answerId: "", model: "", parts: [], finish: { reason: "stop", raw: "" } } as const;
  return {
    kind: "answer",
    answer: { ...answer, vectors: vectors.filter((vector) => vector !== undefined), ...usageOf(value) },
    warnings: [],
  };
}

function numbersOf(value: Json): readonly number[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((number): number is number => typeof number === "number") ? value : undefined;
}

function usageOf({ meta }: JsonObject): { readonly usage?: Usage } {
  const billed = isJsonObject(meta) ? meta["billed_units"] : undefined;
  const count = isJsonObject(billed) ? billed["input_tokens"] : undefined;
  if (typeof count !== "number") return {};
  const total = tokens(count);
  return { usage: { input: { total, uncached: total }, output: { total: tokens(0) }, basis: "reported" } };
}
