import type {
  Decision,
  Expectation,
  LearnedWhy,
  RankedTarget,
  RefusedTarget,
} from "../../exchange/decision.ts";
import { filtered } from "./filters.ts";
import type { LearnedRank } from "./learner.ts";
import {
  type Choosable,
  explored,
  howChosen,
  propensityOf,
  type Ranked,
  type RankPorts,
  rank,
} from "./rank.ts";
import type { RouteRules } from "./shapes.ts";

/** What a decision may depend on besides its targets. */
export interface DecidePorts extends RankPorts {
  /** Absent: nothing is remembered; `learned` is decided as `intelligent` is. */
  readonly learned?: LearnedRank | undefined;
  /** Who served the same before, by name. */
  readonly kept?: string | undefined;
}

export type Decided<Target> =
  | { readonly kind: "decided"; readonly order: readonly Target[]; readonly decision: Decision }
  /** Nobody is left. */
  | {
      readonly kind: "nobody";
      readonly refused: readonly RefusedTarget[];
      /** What would let one in, where only the request's own limits shut it out; `undefined`: there is none such. */
      readonly nearest: string | undefined;
    };

/**
 * Filters, then ranks inside each tier. A pure function of its targets, the rules and the random number, so that it can
 * be made again and explained.
 *
 * Source: routing specification, parts 0 to 2.
 */
export function decide<Target extends Choosable>(
  targets: readonly Target[],
  rules: RouteRules,
  ports: DecidePorts,
): Decided<Target> {
  const { feasible, refused: shutOut } = filtered(targets, rules);
  if (feasible.length === 0) return { kind: "nobody", refused: shutOut, nearest: nearestOf(targets, rules) };
  const refused = [...shutOut];
  const above = aboveFloor(feasible, rules);
  for (const target of feasible)
    if (!above.targets.includes(target))
      refused.push({
        provider: target.provider,
        model: target.model,
        by: "quality_floor",
        detail: `quality ${(target.qualityLow ?? target.quality).toFixed(2)} is below ${floorOf(feasible, rules)?.toFixed(2)}`,
      });
  const tiers = [...new Set(above.targets.map(({ tier }) => tier))].toSorted((left, right) => left - right);
  const ofTier = (tier: number | undefined) => above.targets.filter((target) => target.tier === tier);
  const [top, ...later] = tiers;
  const first = topOf(ofTier(top), rules, ports);
  const ranked = [...first.ranked, ...later.flatMap((tier) => rank(ofTier(tier), rules, ports))];
  return {
    kind: "decided",
    order: ranked.map(({ target }) => target),
    decision: {
      strategy: rules.strategy,
      chosenBy: first.chosenBy,
      propensity: first.propensity,
      ranked: ranked.map(shown),
      refused,
      ...(first.flip === undefined ? {} : { flip: first.flip }),
      ...(first.why === undefined ? {} : { learned: first.why }),
      ...(above.isMissed && { isFloorMissed: true }),
    },
  };
}

interface Top<Target extends Choosable> extends Pick<Decision, "chosenBy" | "propensity"> {
  readonly ranked: readonly Ranked<Target>[];
  readonly flip: string | undefined;
  readonly why?: LearnedWhy;
}

/** Who fails more often than not is no place to go on at. */
const keptHealthMin = 0.5;

/** The tier that is asked first. */
function topOf<Target extends Choosable>(
  targets: readonly Target[],
  rules: RouteRules,
  ports: DecidePorts,
): Top<Target> {
  const [one, ...others] = targets;
  if (rules.strategy === "learned" && ports.learned !== undefined && one !== undefined) {
    const { order, chosenBy, propensities, flip, why } = ports.learned.choose([one, ...others]);
    const ranked = order.flatMap(({ arm, score }) => {
      const target = targets.find(({ name }) => name === arm.id);
      return target === undefined ? [] : [{ target, score: -score }];
    });
    const propensity = propensities.get(ranked[0]?.target.name ?? "") ?? 1;
    return { ranked, chosenBy, propensity, flip, why };
  }
  const ranked = rank(targets, rules, ports);
  const kept = ranked.find(({ target: { name, health } }) => name === ports.kept && health >= keptHealthMin);
  if (kept !== undefined)
    return {
      ranked: [kept, ...ranked.filter((other) => other !== kept)],
      chosenBy: "sticky",
      propensity: 1,
      flip: undefined,
    };
  const anywhere = rules.strategy === "predicted" ? explored(ranked, ports.random) : undefined;
  if (anywhere !== undefined)
    return {
      ranked: anywhere,
      chosenBy: "explore",
      propensity: propensityOf(rules.strategy, anywhere),
      flip: undefined,
    };
  return {
    ranked,
    chosenBy: howChosen(rules.strategy),
    propensity: propensityOf(rules.strategy, ranked),
    flip: flipOf(ranked, rules),
  };
}

const nanoPerUsd = 1e9;

/**
 * What of the request's own limits shuts out the target that is nearest to them, and how wide it would have to be, in the
 * words of its headers: whoever asks so gets that target.
 */
function nearestOf(
  targets: readonly Choosable[],
  { own, maxCostUsd, maxLatencyMs, ...rest }: RouteRules,
): string | undefined {
  if (own === undefined) return undefined;
  const { feasible } = filtered(targets, { ...rest, ...own });
  if (feasible.length === 0) return undefined;
  const [nearest] = feasible
    // What has no price passes no limit of cost, however wide.
    .filter(({ costHighNanoUsd }) => maxCostUsd === undefined || costHighNanoUsd !== null)
    .map(({ costHighNanoUsd, latencyHighMs, answers }) => {
      const usd = (costHighNanoUsd ?? 0) / nanoPerUsd;
      const cost = excessOf(usd, maxCostUsd);
      const time = answers > 0 ? excessOf(latencyHighMs, maxLatencyMs) : 1;
      const told = [
        ...(cost > 1 ? [`max_cost ${roundedUp(usd)}`] : []),
        ...(time > 1 ? [`max_latency ${Math.ceil(latencyHighMs)}ms`] : []),
      ];
      return { excess: cost * time, told };
    })
    .toSorted((one, other) => one.excess - other.excess);
  return nearest?.told.join(", ") ?? "";
}

/** By which factor a figure is above its limit; 1: it is not. */
const excessOf = (figure: number, limit = Number.POSITIVE_INFINITY): number => Math.max(1, figure / limit);

/** With three digits, and no less than it is. */
function roundedUp(figure: number): string {
  const nearest = Number(figure.toPrecision(3));
  if (nearest >= figure) return String(nearest);
  const step = 10 ** (Math.floor(Math.log10(figure)) - 2);
  return String(Number((figure + step).toPrecision(3)));
}

/** A floor never shuts out all: then the best of them goes on. */
function aboveFloor<Target extends Choosable>(
  targets: readonly Target[],
  rules: RouteRules,
): { readonly targets: readonly Target[]; readonly isMissed: boolean } {
  const floor = floorOf(targets, rules);
  if (floor === undefined) return { targets, isMissed: false };
  const above = targets.filter((target) => sureOf(target) >= floor);
  if (above.length > 0) return { targets: above, isMissed: false };
  const best = Math.max(...targets.map(sureOf));
  return { targets: targets.filter((target) => sureOf(target) === best), isMissed: true };
}

const sureOf = ({ quality, qualityLow }: Choosable): number => qualityLow ?? quality;

/** The quality that is asked for; `undefined`: any will do. */
function floorOf(
  targets: readonly Choosable[],
  { qualityFloor, qualityFloorShare }: RouteRules,
): number | undefined {
  if (qualityFloorShare === undefined) return qualityFloor;
  const best = Math.max(...targets.map(({ quality }) => quality));
  return Math.max(qualityFloor ?? 0, qualityFloorShare * best);
}

function shown({ target, score }: Ranked<Choosable>): RankedTarget {
  const { provider, model, tier } = target;
  const expectation: Expectation = {
    costNanoUsd: target.costNanoUsd,
    costHighNanoUsd: target.costHighNanoUsd,
    latencyMs: target.latencyMs,
    latencyHighMs: target.latencyHighMs,
    doneMs: target.doneMs,
    inFlight: target.inFlight,
    freeShare: target.freeShare,
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
    case "predicted":
      return second.score > 0
        ? `${second.target.name} at ${share(first.score / second.score)} of its time`
        : undefined;
    case "least-busy":
      return `${second.target.name} with ${Math.max(1, Math.ceil(gap))} fewer in flight`;
    case "highest-quality":
      return `${second.target.name} with ${(gap + Number.EPSILON).toFixed(3)} more quality`;
    default:
      return undefined;
  }
}
