import type { Expectation } from "../../exchange/decision.ts";
import type { Misfit } from "../../exchange/misfit.ts";
import type { Kept } from "./contracts.ts";
import type { RouteRules, Strategy } from "./shapes.ts";

/** One target that may be asked. */
export interface Rankable extends Expectation {
  /** `provider/model`. */
  readonly name: string;
  readonly tier: number;
  readonly weight: number;
}

/** A target with what its provider asks for a million tokens, US dollars. */
export interface Choosable extends Rankable {
  readonly provider: string;
  readonly model: string;
  readonly price: { readonly input: number; readonly output: number } | undefined;
  /** What its quality is at least, where that is learned and is asked for: below with probability 5 %. */
  readonly qualityLow?: number | undefined;
  /** Why it cannot serve this request at all; absent: nothing speaks against it. */
  readonly misfit?: Misfit | undefined;
  /** How often its answers have held what this one must hold too; absent: nothing is asked of it, or nothing is known. */
  readonly kept?: Kept | undefined;
}

export interface Ranked<Target extends Rankable> {
  readonly target: Target;
  readonly score: number;
}

/** What a ranking may depend on besides its targets. */
export interface RankPorts {
  /** In [0, 1). */
  readonly random: () => number;
  /** Smooth turns of this pool. */
  readonly turns: Map<string, number>;
}

/** Costs that differ by less than this share are the same. */
const sameCost = 0.02;
const sameTime = 0.05;

/**
 * The targets of one tier in the order in which they are to be asked, each with its score: less is better. Equal ones
 * stay in their order.
 *
 * Source: routing specification, part 1.
 */
export function rank<Target extends Rankable>(
  targets: readonly Target[],
  { strategy, weights }: Pick<RouteRules, "strategy" | "weights">,
  ports: RankPorts,
): readonly Ranked<Target>[] {
  switch (strategy) {
    // Where nobody has looked whose case it is.
    case "conditional":
    case "priority":
      return targets.map((target, index) => ({ target, score: index }));
    case "cost-optimized":
      return scored(targets, costOf, sameCost, ({ latencyMs }) => latencyMs);
    case "latency-based":
      return scored(targets, ({ latencyMs }) => latencyMs, sameTime, costOf);
    case "highest-quality":
      return scored(targets, ({ quality }) => 1 - quality, 0, costOf);
    // Where nothing can be learned, since nobody is there to remember it.
    case "learned":
    case "intelligent": {
      const scores = weighed(targets, weights);
      return targets
        .map((target, index) => ({ target, score: scores[index] ?? 0 }))
        .toSorted((left, right) => left.score - right.score);
    }
    case "least-busy":
      return scored(
        shuffled(targets, ports.random),
        ({ inFlight }) => inFlight,
        0,
        ({ doneMs }) => doneMs,
      );
    case "usage-aware":
      return scored(targets, ({ freeShare = 1 }) => 1 - freeShare, 0, costOf);
    case "predicted": {
      const drawnAt = new Map(targets.map((target) => [target, ports.random()]));
      return scored(
        targets,
        ({ doneMs }) => doneMs,
        sameTime,
        (target) => target.inFlight + (drawnAt.get(target) ?? 0),
      );
    }
    case "weighted":
      return drawn(targets, ports.random);
    case "round-robin":
      return inTurn(targets, ports.turns);
  }
}

/** An unknown price is dearer than any that is known. */
const costOf = ({ costNanoUsd }: Rankable): number => costNanoUsd ?? Number.MAX_VALUE;

/** By one figure; those that are about as good as the best of them by another. */
function scored<Target extends Rankable>(
  targets: readonly Target[],
  first: (target: Target) => number,
  tolerance: number,
  second: (target: Target) => number,
): readonly Ranked<Target>[] {
  const left = targets.map((target) => ({ target, score: first(target) }));
  left.sort((one, other) => one.score - other.score);
  const ordered: Ranked<Target>[] = [];
  while (left.length > 0) {
    const best = left[0]?.score ?? 0;
    const even = left.filter(({ score }) => score <= best * (1 + tolerance));
    even.sort((one, other) => second(one.target) - second(other.target));
    ordered.push(...even);
    left.splice(0, even.length);
  }
  return ordered;
}

/**
 * `wc·ln((c + c0)/(cmin + c0)) + wl·ln(t/tmin) - wh·ln(max(h, .05)) + wq·10·(qmax - q)`, c0 = 5 % of the mean cost.
 *
 * Source: routing specification, part 1, `intelligent`.
 */
function weighed(targets: readonly Rankable[], weights: RouteRules["weights"]): readonly number[] {
  const known = targets.flatMap(({ costNanoUsd }) => costNanoUsd ?? []);
  const dearest = Math.max(0, ...known);
  // Nobody knows what it costs: no reason to prefer it.
  const costs = targets.map(({ costNanoUsd }) => costNanoUsd ?? dearest);
  const offset = (0.05 * costs.reduce((sum, cost) => sum + cost, 0)) / Math.max(1, costs.length);
  const cheapest = Math.min(...costs) + offset;
  const quickest = Math.max(1, Math.min(...targets.map(({ latencyMs }) => latencyMs)));
  const best = Math.max(...targets.map(({ quality }) => quality));
  return targets.map(({ latencyMs, health, quality }, index) => {
    const cost = cheapest > 0 ? Math.log(((costs[index] ?? 0) + offset) / cheapest) : 0;
    return (
      weights.cost * cost +
      weights.latency * Math.log(Math.max(1, latencyMs) / quickest) -
      weights.health * Math.log(Math.max(health, 0.05)) +
      weights.quality * 10 * (best - quality)
    );
  });
}

const exploredShare = 0.01;

/**
 * One request in a hundred goes anywhere, so that who was slow once is seen again.
 *
 * Source: routing specification, section 4.
 */
export function explored<Some>(ranked: readonly Some[], random: () => number): readonly Some[] | undefined {
  if (ranked.length < 2 || random() >= exploredShare) return undefined;
  const one = ranked[Math.floor(random() * ranked.length)];
  return one === undefined ? undefined : [one, ...ranked.filter((other) => other !== one)];
}

/** So that those that are equal are asked alike. */
function shuffled<Target>(targets: readonly Target[], random: () => number): readonly Target[] {
  return targets
    .map((target) => ({ target, at: random() }))
    .toSorted((left, right) => left.at - right.at)
    .map(({ target }) => target);
}

/** One after the other by their weights, without putting back. */
function drawn<Target extends Rankable>(
  targets: readonly Target[],
  random: () => number,
): readonly Ranked<Target>[] {
  const left = [...targets];
  const ordered: Ranked<Target>[] = [];
  while (left.length > 0) {
    const total = left.reduce((sum, { weight }) => sum + weight, 0);
    let at = random() * total;
    // Where all that are left weigh nothing they keep their order.
    let index = left.findIndex(({ weight }) => {
      at -= weight;
      return at < 0;
    });
    if (index < 0) index = 0;
    const [target] = left.splice(index, 1);
    if (target !== undefined) ordered.push({ target, score: total === 0 ? 0 : -target.weight / total });
  }
  return ordered;
}

/** Smooth weighted turns, as nginx takes them: the first is the one whose turn it is, the others follow by what they are owed. */
function inTurn<Target extends Rankable>(
  targets: readonly Target[],
  turns: Map<string, number>,
): readonly Ranked<Target>[] {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  const ordered = targets
    .map((target) => ({ target, score: -((turns.get(target.name) ?? 0) + target.weight) }))
    .toSorted((left, right) => left.score - right.score);
  for (const { target, score } of ordered) turns.set(target.name, -score);
  const [first] = ordered;
  if (first !== undefined) turns.set(first.target.name, -first.score - total);
  return ordered;
}

export const howChosen = (strategy: Strategy): "score" | "draw" | "turn" | "order" =>
  strategy === "weighted"
    ? "draw"
    : strategy === "round-robin"
      ? "turn"
      : strategy === "priority" || strategy === "conditional"
        ? "order"
        : "score";

/** With which probability the first of a tier was chosen. */
export function propensityOf(strategy: Strategy, ranked: readonly Ranked<Rankable>[]): number {
  if (strategy === "predicted") return propensityOfPredicted(ranked);
  if (strategy !== "weighted") return 1;
  const total = ranked.reduce((sum, { target }) => sum + target.weight, 0);
  return total === 0 ? 1 : (ranked[0]?.target.weight ?? 0) / total;
}

/** Any of those that would be done about as soon and have the fewest in flight may be the first; and once in a hundred requests anybody. */
function propensityOfPredicted(ranked: readonly Ranked<Rankable>[]): number {
  if (ranked.length < 2) return 1;
  const most = Math.min(...ranked.map(({ score }) => score)) * (1 + sameTime);
  const about = ranked.filter(({ score }) => score <= most);
  const fewest = Math.min(...about.map(({ target }) => target.inFlight));
  const even = about.filter(({ target }) => target.inFlight === fewest);
  const isEven = even.some((one) => one === ranked[0]);
  return exploredShare / ranked.length + (isEven ? (1 - exploredShare) / even.length : 0);
}
