import type { Arm } from "./arm.ts";
import { type Cascade, cascadesOf } from "./cascade.ts";

export interface PickRules {
  /** What a budget's worth of money must buy in quality: lambda. */
  readonly price: number;
  readonly perRequest: number;
  readonly credit: number;
  /** Quality that a second is worth. */
  readonly perSecond: number;
  /** Share of requests that try another arm, 0 to 0.2; 0: nothing is tried. */
  readonly explore: number;
  /** Two arms may be asked one after the other, if both are done within so many ms; absent: they may not. */
  readonly cascadeWithinMs?: number | undefined;
  /** Who is asked whatever the scores and the credit; absent: scores decide. */
  readonly guardedBy?: string | undefined;
}

export interface Pick {
  /** Best first; the first is the one to ask. */
  readonly order: readonly { readonly arm: Arm; readonly score: number }[];
  readonly chosenBy: "score" | "explore" | "guard";
  /** With which probability each arm was chosen; they add up to 1. */
  readonly propensities: ReadonlyMap<string, number>;
  /** Nobody was within the credit: the cheapest goes on all the same. */
  readonly isOutOfCredit: boolean;
  /** The first two of the order: the second is asked when the answer of the first breaks its contract. */
  readonly cascade?: Cascade | undefined;
  /** Who would be asked where nothing is tried and nobody on trial. */
  readonly single: Arm;
}

/** An arm that is being got to know is tried so often at least. */
const exploreNew = 0.03;
/** One that has come to others which are known is asked its first twenty times in this share of requests. */
const exploreUnasked = 1 / 3;
/** An arm that may cost more than this many requests' budgets is not tried. */
const exploreCostMax = 8;

/**
 * `health · quality - price · cost / budget - perSecond · seconds`, the highest first, among those that the credit
 * covers; now and then another one, by a known probability, so that what was not chosen is learned as well.
 *
 * Source: routing specification, section 3.5.
 *
 * @param arms At least one.
 */
export function pick(arms: readonly [Arm, ...Arm[]], rules: PickRules, random: () => number): Pick {
  const scored = arms
    .map((arm) => ({ arm, score: scoreOf(arm, rules) }))
    .toSorted((one, other) => other.score - one.score || one.arm.cost - other.arm.cost);
  const covered = scored.filter(({ arm }) => arm.costHigh <= rules.credit);
  const cheapest = scored.reduce((least, one) => (one.arm.cost < least.arm.cost ? one : least));
  if (rules.guardedBy !== undefined) return guarded(scored, covered, { by: rules.guardedBy, cheapest });
  const single = covered[0] ?? cheapest;
  const cascade = bestCascade(covered, rules, single.score);
  const best = scored.find(({ arm }) => arm === cascade?.first) ?? single;
  const known = covered.filter(({ arm }) => arm.costHigh <= exploreCostMax * rules.perRequest);
  const { tried, share } = trialsOf(known, rules.explore);
  const propensities = new Map(arms.map(({ id }) => [id, 0]));
  const add = (id: string, by: number): void => {
    propensities.set(id, (propensities.get(id) ?? 0) + by);
  };
  add(best.arm.id, 1 - share);
  for (const { arm } of tried) add(arm.id, share / tried.length);
  const isTrial = share > 0 && random() < share;
  const chosen = isTrial ? (tried[Math.floor(random() * tried.length)] ?? best) : best;
  const taken = isTrial ? undefined : cascade;
  const after = scored.find(({ arm }) => arm === taken?.second);
  const others = scored.filter((one) => one !== chosen && one !== after);
  return {
    order: after === undefined ? [chosen, ...others] : [chosen, after, ...others],
    cascade: taken,
    single: single.arm,
    chosenBy: isTrial ? "explore" : "score",
    propensities,
    isOutOfCredit: covered.length === 0,
  };
}

interface Scored {
  readonly arm: Arm;
  readonly score: number;
}

/** The trusted arm, whatever it costs; where it may not be asked, the best that can be paid for. Nothing is tried. */
function guarded(
  scored: readonly Scored[],
  covered: readonly Scored[],
  { by, cheapest }: { readonly by: string; readonly cheapest: Scored },
): Pick {
  const trusted = scored.find(({ arm }) => arm.id === by);
  const best = covered.toSorted((one, other) => other.arm.quality - one.arm.quality)[0];
  const chosen = trusted ?? best ?? cheapest;
  return {
    order: [chosen, ...scored.filter((one) => one !== chosen)],
    chosenBy: "guard",
    single: chosen.arm,
    propensities: new Map(scored.map(({ arm }) => [arm.id, arm === chosen.arm ? 1 : 0])),
    isOutOfCredit: !covered.includes(chosen),
  };
}

/** Two arms together, where that is worth more than any alone. */
function bestCascade(
  covered: readonly { readonly arm: Arm }[],
  rules: PickRules,
  single: number,
): Cascade | undefined {
  const { cascadeWithinMs: withinMs, credit } = rules;
  if (withinMs === undefined) return undefined;
  let best: Cascade | undefined;
  let score = single;
  for (const cascade of cascadesOf(
    covered.map(({ arm }) => arm),
    { credit, withinMs },
  )) {
    const reached = scoreOf(cascade.both, rules);
    if (reached <= score) continue;
    best = cascade;
    score = reached;
  }
  return best;
}

/** What a choice may cost at most, as far as is known. */
export const reservedOf = ({ cascade, order }: Pick): number =>
  cascade?.both.costHigh ?? order[0]?.arm.costHigh ?? 0;

/** Who is tried, and with how many of the requests: who has just come, else who is new, else everybody. */
function trialsOf<Some extends { readonly arm: Arm }>(
  known: readonly Some[],
  explore: number,
): { readonly tried: readonly Some[]; readonly share: number } {
  if (explore === 0 || known.length === 0) return { tried: known, share: 0 };
  const fresh = known.filter(({ arm }) => arm.isNew);
  if (fresh.length === 0) return { tried: known, share: explore };
  const unasked = fresh.filter(({ arm }) => arm.isUnasked === true);
  // Where all are new, nobody has come to others.
  return unasked.length > 0 && fresh.length < known.length
    ? { tried: unasked, share: Math.max(explore, exploreUnasked) }
    : { tried: fresh, share: Math.max(explore, exploreNew) };
}

/** How much an arm is worth, and of what: the score is linear in each, so that what would have changed it is exact. */
export function scoreOf(
  { quality, health, cost, seconds }: Arm,
  { price, perRequest, perSecond }: PickRules,
): number {
  return health * quality - (price * cost) / perRequest - perSecond * seconds;
}

/** The score is linear in the price, so that the budget at which the runner-up wins is exact. */
export function flipOf({ order, chosenBy, cascade }: Pick, rules: PickRules): string | undefined {
  const [first, second] = order;
  if (chosenBy !== "score" || cascade !== undefined || first === undefined || second === undefined)
    return undefined;
  const perPrice = (first.arm.cost - second.arm.cost) / rules.perRequest;
  const gap = first.score - second.score;
  // It was worth more, and may cost more than there is.
  if (gap < 0) {
    const more = (second.arm.costHigh - rules.credit) / 1e9;
    return `${second.arm.id} with ${more.toPrecision(2)} USD more credit`;
  }
  if (perPrice === 0) return `${second.arm.id} with ${gap.toFixed(3)} more quality`;
  // At this price both are even; a budget of `factor` times as much has the same effect as a price divided by it.
  const even = rules.price + gap / perPrice;
  if (even <= 0) return `${second.arm.id} with ${gap.toFixed(3)} more quality`;
  const factor = rules.price / even;
  const sign = factor >= 1 ? "+" : "";
  return `${second.arm.id} at budget ${sign}${Math.round((factor - 1) * 100)} %`;
}
