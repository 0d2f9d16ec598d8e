import type { RankedToken, TokenLogprob } from "../../exchange/part.ts";
import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";

/** The `logprobsResult` of a candidate: the tokens that were chosen, and beside each the most likely ones. */
export function logprobsOf({ logprobsResult: result }: JsonObject): readonly TokenLogprob[] {
  if (!isJsonObject(result)) return [];
  const tops = listIn(result["topCandidates"]);
  return listIn(result["chosenCandidates"]).flatMap((chosen, step) => {
    const token = rankedToken(chosen);
    const top = listIn(tops[step]?.["candidates"]).flatMap((other) => rankedToken(other) ?? []);
    return token === undefined ? [] : [{ ...token, top }];
  });
}

/** A probability of 1 has the logarithm 0, which is left out on the wire. */
function rankedToken({ token, logProbability: logprob = 0 }: JsonObject): RankedToken | undefined {
  return typeof token === "string" && typeof logprob === "number" ? { token, logprob } : undefined;
}

const listIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
