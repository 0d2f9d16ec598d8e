import type { Target } from "../../exchange/target.ts";
import { GatewayError } from "../../kernel/errors.ts";
import { type Bytes, bytes, type EpochMs, type NanoUsd, nanoUsd } from "../../kernel/units.ts";
import type { RateCard } from "./rate-card.ts";
import type { PricingSettings } from "./settings.ts";
import { type WorstCase, worstCase } from "./worst-case.ts";

/** What the door reads of a request that has a plan. */
export interface FundableRequest {
  readonly at: EpochMs;
  readonly body: Uint8Array;
  readonly facts: {
    /** Of each answer. */
    readonly outputTokensMax?: number | undefined;
    /** How many answers are asked for at once; absent: one. */
    readonly choices?: number | undefined;
    readonly tier?: string | undefined;
  };
  readonly plan: { readonly candidates: readonly [FundableCandidate, ...FundableCandidate[]] };
}
/** A target as far as it has a price. */
export type FundableTarget = Pick<
  Target,
  "provider" | "priceProvider" | "region" | "zones" | "addresses" | "model" | "outputTokensMax"
>;
export interface FundableCandidate {
  readonly target: FundableTarget;
}

/** What the bytes of a call may cost beside its tokens. */
export type EgressAtMost = (
  target: FundableTarget,
  size: { readonly inputBytes: number; readonly outputTokens: number },
) => number;

/** What the door adds. */
export interface Funding {
  /** Over all candidates; `null` when one of them has no known price, or nothing bounds its answer. */
  readonly worstCaseNanoUsd: NanoUsd | null;
  readonly inputBytes: Bytes;
}

/**
 * Door 7: what the request may cost at most, whichever candidate answers it. Where models without a known price are
 * refused, candidates of that kind leave the plan.
 * @throws GatewayError `price_unknown` when that leaves none.
 */
export function fund<T extends FundableRequest>(
  planned: T,
  card: RateCard,
  unknownModel: PricingSettings["unknownModel"],
  egressAtMost: EgressAtMost = () => 0,
): T & { readonly funding: Funding } {
  const inputBytes = bytes(planned.body.byteLength);
  const worstOf = ({ target }: FundableCandidate): WorstCase => {
    const { provider, priceProvider, region, model, outputTokensMax } = target;
    const { tier, choices = 1 } = planned.facts;
    const limit = planned.facts.outputTokensMax ?? outputTokensMax;
    const size = { inputBytes, outputTokensMax: limit === undefined ? undefined : limit * choices };
    const worst = worstCase(card, { provider, priceProvider, region, model, at: planned.at, tier }, size);
    if (worst.kind !== "priced") return worst;
    const egress = egressAtMost(target, { inputBytes, outputTokens: size.outputTokensMax ?? 0 });
    return { kind: "priced", nanoUsd: nanoUsd(worst.nanoUsd + egress) };
  };
  const priced = planned.plan.candidates
    .map((candidate) => ({ candidate, worst: worstOf(candidate) }))
    .filter(({ worst }) => unknownModel === "alert" || worst.kind !== "unpriced");
  const [first, ...others] = priced.map(({ candidate }) => candidate);
  if (first === undefined) throw priceUnknown(planned.plan.candidates[0]);
  const funding = { worstCaseNanoUsd: highest(priced.map(({ worst }) => worst)), inputBytes };
  const isWhole = priced.length === planned.plan.candidates.length;
  return isWhole
    ? { ...planned, funding }
    : { ...planned, plan: { ...planned.plan, candidates: [first, ...others] }, funding };
}

function highest(worsts: readonly WorstCase[]): NanoUsd | null {
  let result = nanoUsd(0);
  for (const worst of worsts) {
    if (worst.kind !== "priced") return null;
    if (worst.nanoUsd > result) result = worst.nanoUsd;
  }
  return result;
}

function priceUnknown({ target: { provider, model } }: FundableCandidate): GatewayError {
  return new GatewayError("price_unknown", `no price is known for ${model} at ${provider}`, {
    message:
      "The price of this model is not known, and this gateway serves only models whose price is known.",
    param: "model",
  });
}
