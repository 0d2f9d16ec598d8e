import type { RankedToken, TokenLogprob } from "../../exchange/part.ts";
import type { OutputLogprob, RankedBody } from "./wire.ts";

/** Log probabilities as a content part and its events have them. */
export const logprobsFor = (tokens: readonly TokenLogprob[]): readonly OutputLogprob[] =>
  tokens.map((token) => ({ ...rankedFor(token), top_logprobs: token.top.map(rankedFor) }));

const encoder = new TextEncoder();

const rankedFor = ({ token, logprob, bytes }: RankedToken): RankedBody => ({
  token,
  bytes: bytes ?? [...encoder.encode(token)],
  logprob,
});
