import type { Call } from "../../exchange/call.ts";
import type { RankedToken, TokenLogprob } from "../../exchange/part.ts";
import type { Warning } from "../../exchange/warning.ts";
import type { CandidateBody, RankedBody } from "./wire.ts";

/** The members of a candidate that tell log probabilities; none where none were told. */
export function logprobsFor(
  tokens: readonly TokenLogprob[],
): Pick<CandidateBody, "avgLogprobs" | "logprobsResult"> {
  if (tokens.length === 0) return {};
  return {
    avgLogprobs: tokens.reduce((sum, { logprob }) => sum + logprob, 0) / tokens.length,
    logprobsResult: {
      topCandidates: tokens.map(({ top }) => ({ candidates: top.map(rankedFor) })),
      chosenCandidates: tokens.map(rankedFor),
    },
  };
}

const rankedFor = ({ token, logprob }: RankedToken): RankedBody => ({ token, logProbability: logprob });

/** The declaration of log probabilities that were asked for and that the provider did not tell. */
export function lostLogprobs(
  { sampling }: Pick<Call, "sampling">,
  told: readonly TokenLogprob[],
): readonly Warning[] {
  return sampling.logprobs === undefined || told.length > 0
    ? []
    : [{ kind: "dropped", subject: "generationConfig.responseLogprobs" }];
}
