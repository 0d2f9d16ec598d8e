import type { RankedToken, TokenLogprob } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** The `logprobs` of a content part, or of an event of one. */
export function logprobsIn(list: Json | undefined): readonly TokenLogprob[] {
  return listIn(list).flatMap((entry) => {
    const token = rankedToken(entry);
    const top = listIn(entry["top_logprobs"]).flatMap((other) => rankedToken(other) ?? []);
    return token === undefined ? [] : [{ ...token, top }];
  });
}

function rankedToken({ token, logprob, bytes }: JsonObject): RankedToken | undefined {
  if (typeof token !== "string" || typeof logprob !== "number") return undefined;
  const told = Array.isArray(bytes) ? bytes.filter((byte) => typeof byte === "number") : undefined;
  return { token, logprob, ...(told !== undefined && told.length > 0 && { bytes: told }) };
}

const listIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
