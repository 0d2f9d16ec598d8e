import { priceOf, type RateCard } from "../capabilities/pricing/index.ts";
import type { Target } from "../exchange/target.ts";
import { type EpochMs, tokens } from "../kernel/units.ts";

/** Of a call, as far as it is known before. */
export interface AsideSize {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a call may cost, 10^-9 US dollars; `undefined`: no price is known. */
export function costOfAside(
  card: RateCard,
  { provider, priceProvider, region, model }: Target,
  { inputTokens, outputTokens }: AsideSize,
  at: EpochMs,
): number | undefined {
  const input = tokens(Math.ceil(inputTokens));
  const cost = priceOf(
    card,
    { provider, priceProvider, region, model, at },
    {
      input: { total: input, uncached: input },
      output: { total: tokens(Math.ceil(outputTokens)) },
      basis: "estimated",
    },
  );
  return cost.nanoUsd ?? undefined;
}
