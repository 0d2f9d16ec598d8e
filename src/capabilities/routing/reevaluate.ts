import { evaluateOffPolicy, type OffPolicyEstimate } from "../../statistics/off-policy.ts";
import type { Arm } from "./arm.ts";
import { createSpending } from "./spending.ts";

/** A choice whose answer was judged. */
export interface LoggedDecision {
  readonly at: number;
  readonly arms: readonly Arm[];
  readonly propensities: ReadonlyMap<string, number>;
  /** The arm that was chosen, and answered. */
  readonly chosen: string;
  /** 0 to 1. */
  readonly outcome: number;
}

/** How else it could have been chosen. */
export type OtherPolicy =
  | { readonly kind: "always"; readonly target: string }
  | { readonly kind: "cheapest" }
  /** By the same rules with a budget so many times as large. */
  | { readonly kind: "budget"; readonly factor: number };

export type Reevaluation =
  | {
      readonly kind: "told";
      readonly decisions: number;
      readonly quality: OffPolicyEstimate;
      /** Of one request on average, as expected: 10^-9 US dollars. */
      readonly costNanoUsd: number;
      /** The same of what was in force. */
      readonly loggedCostNanoUsd: number;
      readonly loggedQuality: number;
    }
  /** Too little was chosen as the other policy would: about `needed` judged decisions would do. */
  | { readonly kind: "too-few"; readonly decisions: number; readonly needed: number | null };

const effectiveMin = 100;

/**
 * What another policy would have come to, from the logged choices and the probabilities with which they were made.
 *
 * @param budget Of one request, that was in force.
 */
export function reevaluate(
  decisions: readonly LoggedDecision[],
  policy: OtherPolicy,
  budget: number,
): Reevaluation {
  const choose = chooserOf(policy, decisions, budget);
  const choices = decisions.flatMap((decision) => {
    const other = choose(decision.arms);
    const made = decision.arms.find(({ id }) => id === decision.chosen);
    const propensity = decision.propensities.get(decision.chosen) ?? 0;
    if (other === undefined || made === undefined || propensity === 0) return [];
    return {
      ratio: other.id === made.id ? 1 / propensity : 0,
      outcome: decision.outcome,
      expectedNew: other.quality,
      expectedLogged: made.quality,
      cost: other.cost,
      loggedCost: made.cost,
    };
  });
  const told = choices.length < 2 ? undefined : evaluateOffPolicy(choices);
  if (told === undefined || told.effectiveSize < effectiveMin) {
    const size = told?.effectiveSize ?? 0;
    const needed = size === 0 ? null : Math.ceil((choices.length * effectiveMin) / size);
    return { kind: "too-few", decisions: choices.length, needed };
  }
  const mean = (of: (choice: (typeof choices)[number]) => number): number =>
    choices.reduce((sum, choice) => sum + of(choice), 0) / choices.length;
  return {
    kind: "told",
    decisions: choices.length,
    quality: told,
    costNanoUsd: mean(({ cost }) => cost),
    loggedCostNanoUsd: mean(({ loggedCost }) => loggedCost),
    loggedQuality: mean(({ outcome }) => outcome),
  };
}

function chooserOf(
  policy: OtherPolicy,
  decisions: readonly LoggedDecision[],
  budget: number,
): (arms: readonly Arm[]) => Arm | undefined {
  switch (policy.kind) {
    case "always":
      return (arms) => arms.find(({ id }) => id === policy.target);
    case "cheapest":
      return (arms) => best(arms, ({ cost }) => -cost);
    case "budget": {
      const perRequest = budget * policy.factor;
      const spending = createSpending(perRequest / 2);
      for (const { arms } of decisions) spending.planned(arms, 0);
      spending.setBudget(perRequest);
      const { price } = spending.state();
      return (arms) =>
        best(arms, ({ health, quality, cost }) => health * quality - (price * cost) / perRequest);
    }
  }
}

function best(arms: readonly Arm[], worth: (arm: Arm) => number): Arm | undefined {
  return arms.reduce<Arm | undefined>(
    (found, arm) => (found === undefined || worth(arm) > worth(found) ? arm : found),
    undefined,
  );
}
