import type { Call } from "../../exchange/call.ts";
import type { AnswerDecoding, EncodedRequest, RequestContext, UpstreamCodec } from "../../exchange/codec.ts";
import type { Usage } from "../../exchange/usage.ts";
import { jsonSlice } from "../../framing/json-slices.ts";
import { invariant, unreachable } from "../../kernel/invariant.ts";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  parseJson,
  printJson,
  RawJson,
} from "../../kernel/json.ts";
import { tokens } from "../../kernel/units.ts";
import { base64OfFloats, floatsOfBase64 } from "../../kernel/vectors.ts";
import { malformed, readFailure } from "./error.ts";

/** Servers that make vectors as OpenAI does: `POST /v1/embeddings`. */
export const openaiEmbeddings: UpstreamCodec = {
  dialect: "openai-embeddings",
  pathOf: () => "/embeddings",
  framingOf: () => "sse",
  encodeRequest,
  splices: ({ model: asked }, { model }) =>
    asked === model ? [] : [{ member: "model", value: JSON.stringify(model) }],
  decodeAnswer,
  decodeStream: () => unreachable("embeddings are not streamed"),
  tapStream: () => unreachable("embeddings are not streamed"),
  amendAnswer: (body, { wantsBase64 }) => (wantsBase64 === true ? asBase64(body) : undefined),
  tapAnswer: (body) => {
    const value = parseJson(decoder.decode(body));
    if (!isJsonObject(value) || !Array.isArray(value["data"])) return undefined;
    const usage = usageOf(value, decoder.decode(body));
    return { ...(typeof value["model"] === "string" ? { model: value["model"] } : {}), ...usage, finish };
  },
  readFailure,
};

const decoder = new TextDecoder();
/** Vectors are whole or not there. */
const finish = { reason: "stop", raw: "" } as const;

function encodeRequest({ embed, endUser }: Call, { model }: RequestContext): EncodedRequest {
  invariant(embed !== undefined, "a call for vectors says of what");
  const body = printJson({
    model,
    input: embed.inputs,
    dimensions: embed.dimensions,
    encoding_format: "float",
    user: endUser,
  });
  return { kind: "request", body, warnings: [] };
}

function decodeAnswer(body: Uint8Array): AnswerDecoding {
  const text = decoder.decode(body);
  const value = parseJson(text);
  if (!isJsonObject(value) || !Array.isArray(value["data"]))
    return { kind: "failure", failure: malformed("The answer is no list of vectors.") };
  const vectors = value["data"].map((item: Json) =>
    vectorOf(isJsonObject(item) ? item["embedding"] : undefined),
  );
  if (vectors.includes(undefined)) return { kind: "failure", failure: malformed("A vector cannot be read.") };
  return {
    kind: "answer",
    answer: {
      answerId: "",
      model: typeof value["model"] === "string" ? value["model"] : "",
      parts: [],
      finish,
      vectors: vectors.filter((vector) => vector !== undefined),
      ...usageOf(value, text),
    },
    warnings: [],
  };
}

function vectorOf(value: Json | undefined): readonly number[] | undefined {
  if (typeof value === "string") return floatsOfBase64(value);
  if (!Array.isArray(value)) return undefined;
  return value.every((number): number is number => typeof number === "number") ? value : undefined;
}

/** The same answer with its vectors in base64; `undefined` when they are already, or it is none. */
function asBase64(body: Uint8Array): string | undefined {
  const value = parseJson(decoder.decode(body));
  if (!isJsonObject(value) || !Array.isArray(value["data"])) return undefined;
  const isDue = value["data"].some((item: Json) => isJsonObject(item) && Array.isArray(item["embedding"]));
  if (!isDue) return undefined;
  const data = value["data"].map((item: Json) => {
    const vector = isJsonObject(item) ? vectorOf(item["embedding"]) : undefined;
    return vector === undefined || !isJsonObject(item)
      ? item
      : { ...item, embedding: base64OfFloats(vector) };
  });
  return JSON.stringify({ ...value, data });
}

function usageOf(value: JsonObject, text: string): { readonly usage?: Usage } {
  const { usage } = value;
  const total = isJsonObject(usage) ? (usage["prompt_tokens"] ?? usage["total_tokens"]) : undefined;
  if (typeof total !== "number" || total < 0) return {};
  const raw = jsonSlice(text).member("usage")?.text();
  return {
    usage: {
      input: { total: tokens(total), uncached: tokens(total) },
      output: { total: tokens(0) },
      basis: "reported",
      ...(raw === undefined ? {} : { raw: new RawJson(raw) }),
    },
  };
}
