import type { RankedToken, TokenLogprob } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** The log probabilities of a choice, or of a chunk of one. */
export function logprobsOf(choice: JsonObject): readonly TokenLogprob[] {
  const { logprobs } = choice;
  const content = isJsonObject(logprobs) ? logprobs["content"] : undefined;
  return listIn(content).flatMap((entry) => {
    const token = rankedToken(entry);
    const top = listIn(entry["top_logprobs"]).flatMap((other) => rankedToken(other) ?? []);
    return token === undefined ? [] : [{ ...token, top }];
  });
}

function rankedToken({ token, logprob, bytes }: JsonObject): RankedToken | undefined {
  if (typeof token !== "string" || typeof logprob !== "number") return undefined;
  const told = Array.isArray(bytes) ? bytes.filter((byte) => typeof byte === "number") : undefined;
  return { token, logprob, ...(told !== undefined && { bytes: told }) };
}

const listIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
