import type { RefusedTarget } from "../../exchange/decision.ts";
import { usual } from "./hints.ts";
import type { Choosable } from "./rank.ts";
import type { RouteRules } from "./shapes.ts";

/** A target as far as filters look at it. */
type Filterable = Pick<
  Choosable,
  "misfit" | "kept" | "price" | "costNanoUsd" | "costHighNanoUsd" | "latencyHighMs" | "answers"
>;

/** One reason why a target may be out of the question. */
interface Filter<Looks> {
  readonly by: RefusedTarget["by"];
  /**
   * Why it is; `undefined`: it is not.
   *
   * @param left All that the filters before have let through.
   */
  readonly why: (target: Looks, rules: RouteRules, left: readonly Looks[]) => string | undefined;
}

const nanoPerUsd = 1e9;
/** So many answers must have been held against a contract before a share of them counts. */
const checkedMin = 20;
const noPrice = "its price is not known";

/** What no wish and no rule can change: what the models themselves cannot do. */
const fit: readonly Filter<Pick<Filterable, "misfit">>[] = [
  { by: "abilities", why: ({ misfit }) => (misfit?.by === "abilities" ? misfit.detail : undefined) },
  {
    by: "context_window",
    why: ({ misfit }) => (misfit?.by === "context_window" ? misfit.detail : undefined),
  },
];

const contract: Filter<Filterable> = {
  by: "contract",
  why: ({ kept }, { minContract }) =>
    kept === undefined || minContract === undefined || kept.checked < checkedMin || kept.share >= minContract
      ? undefined
      : `has kept the contract in ${percent(kept.share)} of ${Math.round(kept.checked)} answers, at least ${percent(minContract)} wanted`,
};

const limits: readonly Filter<Filterable>[] = [
  {
    // A budget cannot be held with what has no price, unless nothing has one.
    by: "unpriced",
    why: ({ costNanoUsd }, { strategy }, left) =>
      strategy === "learned" && costNanoUsd === null && left.some((other) => other.costNanoUsd !== null)
        ? noPrice
        : undefined,
  },
  { by: "max_price", why: priceFault },
  {
    by: "max_cost",
    why: ({ costHighNanoUsd }, { maxCostUsd }) => {
      if (maxCostUsd === undefined) return undefined;
      if (costHighNanoUsd === null) return noPrice;
      const usd = costHighNanoUsd / nanoPerUsd;
      return usd > maxCostUsd ? `may cost ${usd.toPrecision(3)} USD, at most ${maxCostUsd}` : undefined;
    },
  },
  {
    // What is assumed refuses nobody.
    by: "max_latency",
    why: ({ answers, latencyHighMs }, { maxLatencyMs }) =>
      maxLatencyMs !== undefined && answers > 0 && latencyHighMs > maxLatencyMs
        ? `may take ${Math.round(latencyHighMs)} ms, at most ${maxLatencyMs}`
        : undefined,
  },
];

/** In the order of the routing specification, part 2. What comes before is `residency`, what comes after `quality_floor`. */
const filters: readonly Filter<Filterable>[] = [...fit, contract, ...limits];
const withoutContract: readonly Filter<Filterable>[] = [...fit, ...limits];

interface Named {
  readonly provider: string;
  readonly model: string;
}

export interface Filtered<Target> {
  readonly feasible: readonly Target[];
  /** Each with the first reason against it. */
  readonly refused: readonly RefusedTarget[];
}

/** Those that may be asked, and why the others may not. Broken contracts shut nobody out where nobody else is left. */
export function filtered<Target extends Filterable & Named>(
  targets: readonly Target[],
  rules: RouteRules,
): Filtered<Target> {
  const made = through(filters, targets, rules);
  const isByContract = made.feasible.length === 0 && made.refused.some(({ by }) => by === contract.by);
  return isByContract ? through(withoutContract, targets, rules) : made;
}

/** Those whose models can serve the request, where nothing else is asked of them. */
export const thatFit = <Target extends Pick<Filterable, "misfit"> & Named>(
  targets: readonly Target[],
): Filtered<Target> => through(fit, targets, usual);

function through<Looks, Target extends Looks & Named>(
  by: readonly Filter<Looks>[],
  targets: readonly Target[],
  rules: RouteRules,
): Filtered<Target> {
  const refused: RefusedTarget[] = [];
  let left = targets;
  for (const filter of by) {
    const before = left;
    left = before.filter((target) => {
      const detail = filter.why(target, rules, before);
      const { provider, model } = target;
      if (detail !== undefined) refused.push({ provider, model, by: filter.by, detail });
      return detail === undefined;
    });
  }
  return { feasible: left, refused };
}

function priceFault({ price }: Filterable, { maxPrice }: RouteRules): string | undefined {
  for (const unit of ["input", "output"] as const) {
    const most = maxPrice?.[unit];
    if (most === undefined) continue;
    if (price === undefined) return noPrice;
    if (price[unit] > most) return `${price[unit]} USD a million ${unit} tokens, at most ${most}`;
  }
  return undefined;
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
