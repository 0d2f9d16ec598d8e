import type { Decision, Expectation, RankedTarget, RefusedTarget } from "../../exchange/decision.ts";
import { howChosen, propensityOf, type Rankable, type Ranked, type RankPorts, rank } from "./rank.ts";
import type { RouteRules } from "./shapes.ts";

/** A target with what its provider asks for a million tokens, US dollars. */
export interface Choosable extends Rankable {
  readonly provider: string;
  readonly model: string;
  readonly price: { readonly input: number; readonly output: number } | undefined;
}

export type Decided<Target> =
  | { readonly kind: "decided"; readonly order: readonly Target[]; readonly decision: Decision }
  /** The request's own limits shut out everybody; `nearest` would let one in. */
  | { readonly kind: "unsatisfiable"; readonly refused: readonly RefusedTarget[]; readonly nearest: string };

/**
 * Filters, then ranks inside each tier. A pure function of its targets, the rules and the random number, so that it can
 * be made again and explained.
 *
 * Source: routing specification, parts 0 to 2.
 */
export function decide<Target extends Choosable>(
  targets: readonly Target[],
  rules: RouteRules,
  ports: RankPorts,
): Decided<Target> {
  const refused: RefusedTarget[] = [];
  const feasible: Target[] = [];
  for (const target of targets) {
    const refusal = refusalOf(target, rules);
    if (refusal === undefined) feasible.push(target);
    else refused.push({ provider: target.provider, model: target.model, ...refusal });
  }
  if (feasible.length === 0) return { kind: "unsatisfiable", refused, nearest: nearestOf(targets, rules) };
  const above = aboveFloor(feasible, rules);
  for (const target of feasible)
    if (!above.targets.includes(target))
      refused.push({
        provider: target.provider,
        model: target.model,
        by: "quality_floor",
        detail: `quality ${target.quality.toFixed(2)} is below ${rules.qualityFloor}`,
      });
  const tiers = [...new Set(above.targets.map(({ tier }) => tier))].toSorted((left, right) => left - right);
  const ranked = tiers.flatMap((tier) => [
    ...rank(
      above.targets.filter((target) => target.tier === tier),
      rules,
      ports,
    ),
  ]);
  const flip = flipOf(ranked, rules);
  return {
    kind: "decided",
    order: ranked.map(({ target }) => target),
    decision: {
      strategy: rules.strategy,
      chosenBy: howChosen(rules.strategy),
      propensity: propensityOf(
        rules.strategy,
        ranked.filter(({ target }) => target.tier === tiers[0]),
      ),
      ranked: ranked.map(shown),
      refused,
      ...(flip === undefined ? {} : { flip }),
      ...(above.isMissed && { isFloorMissed: true }),
    },
  };
}

const nanoPerUsd = 1e9;

function refusalOf(
  { price, costHighNanoUsd, latencyHighMs, answers }: Choosable,
  { maxPrice, maxCostUsd, maxLatencyMs }: RouteRules,
): Pick<RefusedTarget, "by" | "detail"> | undefined {
  for (const unit of ["input", "output"] as const) {
    const most = maxPrice?.[unit];
    if (most === undefined) continue;
    if (price === undefined) return { by: "max_price", detail: "its price is not known" };
    if (price[unit] > most)
      return { by: "max_price", detail: `${price[unit]} USD a million ${unit} tokens, at most ${most}` };
  }
  if (maxCostUsd !== undefined) {
    if (costHighNanoUsd === null) return { by: "max_cost", detail: "its price is not known" };
    const usd = costHighNanoUsd / nanoPerUsd;
    if (usd > maxCostUsd)
      return { by: "max_cost", detail: `may cost ${usd.toPrecision(3)} USD, at most ${maxCostUsd}` };
  }
  // What is assumed refuses nobody.
  if (maxLatencyMs !== undefined && answers > 0 && latencyHighMs > maxLatencyMs)
    return { by: "max_latency", detail: `may take ${Math.round(latencyHighMs)} ms, at most ${maxLatencyMs}` };
  return undefined;
}

/** The least change of a limit that lets somebody in, in the words of the client's headers. */
function nearestOf(targets: readonly Choosable[], { maxCostUsd, maxLatencyMs }: RouteRules): string {
  const costs = targets.flatMap(({ costHighNanoUsd }) => costHighNanoUsd ?? []);
  const times = targets.map(({ latencyHighMs }) => latencyHighMs);
  return [
    ...(maxCostUsd === undefined || costs.length === 0
      ? []
      : [`max_cost ${(Math.min(...costs) / nanoPerUsd).toPrecision(3)}`]),
    ...(maxLatencyMs === undefined || times.length === 0
      ? []
      : [`max_latency ${Math.ceil(Math.min(...times))}ms`]),
  ].join(", ");
}

/** A floor never shuts out all: then the best of them goes on. */
function aboveFloor<Target extends Choosable>(
  targets: readonly Target[],
  { qualityFloor }: RouteRules,
): { readonly targets: readonly Target[]; readonly isMissed: boolean } {
  if (qualityFloor === undefined) return { targets, isMissed: false };
  const above = targets.filter(({ quality }) => quality >= qualityFloor);
  if (above.length > 0) return { targets: above, isMissed: false };
  const best = Math.max(...targets.map(({ quality }) => quality));
  return { targets: targets.filter(({ quality }) => quality === best), isMissed: true };
}

function shown({ target, score }: Ranked<Choosable>): RankedTarget {
  const { provider, model, tier } = target;
  const expectation: Expectation = {
    costNanoUsd: target.costNanoUsd,
    costHighNanoUsd: target.costHighNanoUsd,
    latencyMs: target.latencyMs,
    latencyHighMs: target.latencyHighMs,
    health: target.health,
    quality: target.quality,
    answers: target.answers,
  };
  return { provider, model, tier, score, ...expectation };
}

/** What would have put the runner-up of the first tier first. Exact, since the score is a sum of logarithms. */
function flipOf(ranked: readonly Ranked<Choosable>[], { strategy, weights }: RouteRules): string | undefined {
  const [first, second] = ranked;
  if (first === undefined || second === undefined || first.target.tier !== second.target.tier)
    return undefined;
  const gap = second.score - first.score;
  const share = (of: number): string => `${Math.floor(of * 100)} %`;
  switch (strategy) {
    case "cost-optimized":
    case "latency-based": {
      const what = strategy === "cost-optimized" ? "cost" : "time";
      return second.score > 0
        ? `${second.target.name} at ${share(first.score / second.score)} of its ${what}`
        : undefined;
    }
    case "intelligent": {
      const byCost = weights.cost > 0 && (second.target.costNanoUsd ?? 0) > 0;
      if (byCost) return `${second.target.name} at ${share(Math.exp(-gap / weights.cost))} of its cost`;
      return weights.latency > 0
        ? `${second.target.name} at ${share(Math.exp(-gap / weights.latency))} of its time`
        : undefined;
    }
    case "highest-quality":
      return `${second.target.name} with ${(gap + Number.EPSILON).toFixed(3)} more quality`;
    default:
      return undefined;
  }
}
