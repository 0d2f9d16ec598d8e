import type * as z from "zod";
import type { CascadeWhy, Decision, RankedTarget } from "../exchange/decision.ts";
import type { Control, LearnedState, Reevaluation, RouteDecision, RouteState } from "../gateway/control.ts";
import type { RoutingControl } from "../gateway/route-control.ts";
import { GatewayError } from "../kernel/errors.ts";
import type {
  endpointList,
  routeDecision,
  routeEvaluation,
  routeState,
  wantedDecision,
  wantedEvaluation,
} from "./routing-schemas.ts";

const nanoUsdPerUsd = 1e9;
const answersForHalf = 12;

const usdOf = (nanoUsd: number | null): number | null => (nanoUsd === null ? null : nanoUsd / nanoUsdPerUsd);

function shownTarget(target: RankedTarget) {
  return {
    service_id: `${target.provider}/${target.model}`,
    tier: target.tier,
    score: target.score,
    estimated_cost: usdOf(target.costNanoUsd),
    estimated_cost_high: usdOf(target.costHighNanoUsd),
    estimated_latency_ms: target.latencyMs,
    estimated_latency_high_ms: target.latencyHighMs,
    estimated_done_ms: target.doneMs,
    in_flight: target.inFlight,
    free_share: target.freeShare ?? null,
    health: target.health,
    quality: target.quality,
    confidence: target.answers / (target.answers + answersForHalf),
  };
}

function shownCase({ taken, when, strategy }: NonNullable<Decision["case"]>) {
  return { taken: String(taken), when: when ?? null, strategy };
}

const shownCascade = (told: CascadeWhy) => ({
  first: told.first,
  second: told.second,
  right: told.rightShare,
  escalated: told.escalatedShare,
  cost: told.costNanoUsd / nanoUsdPerUsd,
  cost_high: told.costHighNanoUsd / nanoUsdPerUsd,
  alone: told.alone.name,
  cost_alone: told.alone.costNanoUsd / nanoUsdPerUsd,
});

function shownDecision(decision: Decision) {
  const { strategy, chosenBy, propensity, ranked, refused, flip, learned, case: found } = decision;
  return {
    strategy,
    chosen_by: chosenBy,
    propensity,
    ranked: ranked.map(shownTarget),
    refused: refused.map(({ provider, model, by, detail }) => ({
      service_id: `${provider}/${model}`,
      by,
      detail,
    })),
    learned:
      learned === undefined
        ? null
        : {
            shape: learned.shape,
            budget: learned.budgetNanoUsd / nanoUsdPerUsd,
            price: learned.price,
            credit: learned.creditNanoUsd / nanoUsdPerUsd,
            out_of_credit: learned.isOutOfCredit,
            cascade: learned.cascade === undefined ? null : shownCascade(learned.cascade),
            propensities: { ...learned.propensities },
          },
    case: found === undefined ? null : shownCase(found),
    flip: flip ?? null,
  };
}

/** A decision in the mission's shape. */
export function shownRoute(decided: RouteDecision): z.output<typeof routeDecision> {
  const [first] = decided.ranked;
  if (first === undefined) throw new GatewayError("no_eligible_upstream", "a decision without targets");
  const { service_id, estimated_cost, estimated_latency_ms, score } = shownTarget(first);
  return {
    service_id,
    estimated_cost,
    estimated_latency_ms,
    score,
    reason: decided.reason,
    ...shownDecision(decided),
  };
}

/** A pool that chooses. */
export function shownRouteState({
  name,
  rules,
  decisions,
  learned,
  oversight,
  contracts,
}: RouteState): z.output<typeof routeState> {
  return {
    name,
    strategy: rules.strategy,
    weights: rules.weights,
    max_cost: rules.maxCostUsd ?? null,
    max_latency_ms: rules.maxLatencyMs ?? null,
    quality_floor: rules.qualityFloor ?? null,
    min_contract: rules.minContract ?? null,
    contracts: (contracts ?? []).map(({ model, share, checked }) => ({ model, kept: share, checked })),
    cases: shownCases(rules),
    learned: learned === undefined ? null : shownLearned(learned),
    oversight: oversight === undefined ? null : shownOversight(oversight, rules),
    decisions: decisions.map(({ requestId, at, ...decision }) => ({
      request_id: requestId,
      at,
      ...shownDecision(decision),
    })),
  };
}

function shownCases({ cases = [], else: otherwise }: RouteState["rules"]) {
  const shown = ({ use, strategy = "priority" }: NonNullable<typeof otherwise>, when: string | null) => ({
    when,
    use: use === undefined ? null : [...use],
    strategy,
  });
  return [
    ...cases.map((one) => shown(one, one.when)),
    ...(otherwise === undefined ? [] : [shown(otherwise, null)]),
  ];
}

function shownLearned({ budgetNanoUsd, price, creditNanoUsd, isFrozen, arms }: LearnedState) {
  return {
    budget: budgetNanoUsd / nanoUsdPerUsd,
    price,
    credit: creditNanoUsd / nanoUsdPerUsd,
    frozen: isFrozen,
    arms: arms.map(({ model, mean, low, n, shifts, kept }) => ({
      model,
      quality: mean,
      quality_low: low,
      judgements: n,
      shifts,
      kept: kept ?? null,
    })),
  };
}

function shownOversight(
  { guard, judge, unseen }: NonNullable<RouteState["oversight"]>,
  rules: RouteState["rules"],
) {
  return {
    guard: {
      phase: guard.phase,
      since: guard.since,
      pairs: guard.pairs,
      begun_at: guard.begunAt,
      difference: guard.difference,
      upper: guard.upper,
      tolerance: rules.guard?.tolerance ?? null,
      spent: guard.spentNanoUsd / nanoUsdPerUsd,
    },
    judge: {
      graded: judge.graded,
      mean_grade: judge.meanGrade,
      spent: judge.spentNanoUsd / nanoUsdPerUsd,
    },
    unseen: { ...unseen },
  };
}

/** What is said of the content of a request. */
export function contentOf({
  tools,
  images,
  turns,
  schema,
}: z.output<typeof wantedDecision>): NonNullable<Parameters<RoutingControl["decide"]>[0]["content"]> {
  return {
    ...(tools === undefined ? {} : { tools }),
    ...(images === undefined ? {} : { images }),
    ...(turns === undefined ? {} : { turns }),
    ...(schema === undefined ? {} : { isSchema: schema }),
  };
}

/** Another way of choosing, in the room's words. */
export function policyOf(
  policy: z.output<typeof wantedEvaluation>["policy"],
): Parameters<RoutingControl["evaluate"]>[1] {
  if ("always" in policy) return { kind: "always", target: policy.always };
  return "cheapest" in policy ? { kind: "cheapest" } : { kind: "budget", factor: policy.budget_factor };
}

/** @throws GatewayError `conflict` when the log tells too little of it. */
export function shownEvaluation(told: Reevaluation): z.output<typeof routeEvaluation> {
  if (told.kind === "too-few") {
    const needed = told.needed === null ? "" : ` About ${told.needed} would do.`;
    const message = `Of ${told.decisions} judged requests too few were sent as this policy would have sent them.${needed} More feedback or a larger \`explore\` tells more.`;
    throw new GatewayError("conflict", message, { message });
  }
  const { ips, snips, dr, effectiveSize } = told.quality;
  return {
    decisions: told.decisions,
    effective_decisions: effectiveSize,
    quality: {
      inverse_propensity: ips,
      self_normalized: snips,
      doubly_robust: dr,
      logged: told.loggedQuality,
    },
    cost: {
      expected: told.costNanoUsd / nanoUsdPerUsd,
      logged: told.loggedCostNanoUsd / nanoUsdPerUsd,
    },
  };
}

const msPerSecond = 1000;

export const shownEndpoint = (
  state: ReturnType<RoutingControl["endpoints"]>[number],
  slots: ReturnType<Control["slots"]>,
): z.output<typeof endpointList>["endpoints"][number] => {
  const slot = slots.find(({ provider, model }) => `${provider}/${model}` === state.name);
  return {
    service_id: state.name,
    in_flight: state.inFlight,
    limit: slot?.limit ?? null,
    queued: slot?.queued ?? 0,
    ms_per_token: Math.max(0, msPerSecond * state.secondsPerToken),
    ms_per_token_and_request: msPerSecond * state.secondsPerTokenAndRequest,
    learned_from: state.learnedFrom,
    errors: state.errors,
    health: state.health,
  };
};
