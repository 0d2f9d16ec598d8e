import type { CascadeWhy, LearnedWhy } from "../../exchange/decision.ts";
import type { Pick, PickRules } from "./pick.ts";

/** What a choice weighed, for whoever asks why. */
export function whyOf(picked: Pick, { perRequest, price, credit }: PickRules, shape = "other"): LearnedWhy {
  const cascade = cascadeOf(picked);
  return {
    shape,
    budgetNanoUsd: perRequest,
    price,
    creditNanoUsd: credit,
    isOutOfCredit: picked.isOutOfCredit,
    propensities: Object.fromEntries(picked.propensities),
    ...(cascade === undefined ? {} : { cascade }),
  };
}

function cascadeOf({ cascade, single }: Pick): CascadeWhy | undefined {
  if (cascade === undefined) return undefined;
  const { first, second, both } = cascade;
  return {
    first: first.id,
    second: second.id,
    rightShare: first.health * first.quality,
    escalatedShare: 1 - (first.keeps ?? 1),
    costNanoUsd: both.cost,
    costHighNanoUsd: both.costHigh,
    alone: { name: single.id, costNanoUsd: single.cost },
  };
}
