import type { RankedToken, TokenLogprob } from "../../exchange/part.ts";
import type { ChatLogprobs, ChatRankedToken } from "./wire.ts";

/** The `logprobs` of a choice or of a chunk; `null` where none were told. */
export function logprobsFor(tokens: readonly TokenLogprob[]): ChatLogprobs | null {
  if (tokens.length === 0) return null;
  const content = tokens.map((token) => ({ ...rankedFor(token), top_logprobs: token.top.map(rankedFor) }));
  return { content, refusal: null };
}

const encoder = new TextEncoder();

function rankedFor({ token, logprob, bytes }: RankedToken): ChatRankedToken {
  return { token, logprob, bytes: bytes ?? [...encoder.encode(token)] };
}
