import type { Usage } from "../../exchange/usage.ts";
import type { ModalityCount, UsageBody } from "./wire.ts";

/**
 * Usage in Gemini's convention: the prompt includes what was cached, the candidates exclude the thoughts. Counts that
 * the provider did not tell are left out, and so are those of zero, as Google itself does.
 */
export function encodeUsage({ input, output, tier }: Usage): UsageBody {
  const candidates =
    output.total === undefined ? undefined : Math.max(0, output.total - (output.reasoning ?? 0));
  const total =
    input.total === undefined || output.total === undefined ? undefined : input.total + output.total;
  return {
    promptTokenCount: input.total,
    candidatesTokenCount: aboveZero(candidates),
    totalTokenCount: total,
    cachedContentTokenCount: aboveZero(input.cacheRead),
    promptTokensDetails: audioOf(input.audio),
    candidatesTokensDetails: audioOf(output.audio),
    thoughtsTokenCount: aboveZero(output.reasoning),
    serviceTier: tier,
  };
}

/** Two readings of one call's counters: the later one counts, where it tells something. */
export function later(before: Usage | undefined, after: Usage): Usage {
  if (before === undefined) return after;
  return {
    ...before,
    ...after,
    input: { ...before.input, ...after.input },
    output: { ...before.output, ...after.output },
  };
}

function aboveZero(count: number | undefined): number | undefined {
  return count === 0 ? undefined : count;
}

function audioOf(count: number | undefined): readonly ModalityCount[] | undefined {
  return count === undefined || count === 0 ? undefined : [{ modality: "AUDIO", tokenCount: count }];
}
