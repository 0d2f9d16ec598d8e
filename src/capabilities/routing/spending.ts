/** What one decision thought of one arm: its quality beside its cost. */
export interface Weighed {
  readonly quality: number;
  readonly cost: number;
}

/** The price of money on one route: how much quality a budget's worth of dollars must buy. Owned by one route. */
export interface Spending {
  /** Of one request; costs are in the same unit. */
  readonly perRequest: () => number;
  /** Lambda: quality is worth `cost / perRequest` times this. */
  readonly price: () => number;
  /** What may be spent at once. */
  readonly credit: () => number;
  /** Sets the budget of one request; the price is found anew from the last decisions. */
  readonly setBudget: (perRequest: number) => void;
  /** A decision was made: the next portion of the budget is granted, and `reserved` is set aside for the arm chosen. */
  readonly planned: (arms: readonly Weighed[], reserved: number) => void;
  /** What it cost in the end. */
  readonly settled: (cost: number, reserved: number) => void;
  readonly state: () => SpendingState;
}

/** What must survive a restart. */
export interface SpendingState {
  readonly perRequest: number;
  readonly price: number;
  readonly credit: number;
}

const startPrice = 0.05;
const logMax = 1000;
const credits = { start: 20, most: 60, low: 5 } as const;
const steps = { gain: 0.01, down: -0.01, up: 0.05, low: 1.01 } as const;
const bisections = 40;
const priceRange = [1e-6, 1e6] as const;

/**
 * A budget as a price: the Lagrange multiplier of "spend `perRequest` on average", moved by what was spent, and a credit
 * that bounds what may be spent at once, so that the bound holds whatever is predicted:
 *
 *     spent <= 20 B + granted + what was spent beyond the reserved + what exempt arms cost while credit was short
 *
 * Source: routing specification, sections 3.5 and 3.6 (G1); dual descent after Agrawal and Devanur 2014, "Bandits with
 * Concave Rewards and Convex Knapsacks".
 */
export function createSpending(perRequestAtFirst: number, from?: SpendingState): Spending {
  let perRequest = perRequestAtFirst;
  let price = from?.price ?? startPrice;
  let credit = from === undefined ? credits.start * perRequest : (from.credit / from.perRequest) * perRequest;
  const log: (readonly Weighed[])[] = [];

  const meanCostAt = (tried: number): number => {
    let sum = 0;
    for (const arms of log) sum += bestOf(arms, tried / perRequest)?.cost ?? 0;
    return sum / log.length;
  };
  const findPrice = (): void => {
    if (log.length === 0) return;
    let [low, high] = [Math.log(priceRange[0]), Math.log(priceRange[1])];
    for (let step = 0; step < bisections; step += 1) {
      const middle = (low + high) / 2;
      if (meanCostAt(Math.exp(middle)) > perRequest) low = middle;
      else high = middle;
    }
    price = Math.exp((low + high) / 2);
  };
  return {
    perRequest: () => perRequest,
    price: () => price * Math.exp(-0.01 * (credit / perRequest - credits.start)),
    credit: () => credit,
    setBudget: (next) => {
      if (next === perRequest) return;
      credit = Math.min(credits.most * next, (credit / perRequest) * next);
      perRequest = next;
      findPrice();
    },
    planned: (arms, reserved) => {
      log.push(arms);
      if (log.length > logMax) log.shift();
      credit = Math.min(credits.most * perRequest, credit + perRequest) - reserved;
      if (credit < credits.low * perRequest) price *= steps.low;
    },
    settled: (cost, reserved) => {
      credit = Math.min(credits.most * perRequest, credit + reserved - cost);
      price *= Math.exp(Math.max(steps.down, Math.min(steps.up, steps.gain * (cost / perRequest - 1))));
      price = Math.max(priceRange[0], Math.min(priceRange[1], price));
    },
    state: () => ({ perRequest, price, credit }),
  };
}

function bestOf(arms: readonly Weighed[], perCost: number): Weighed | undefined {
  let best: Weighed | undefined;
  let score = Number.NEGATIVE_INFINITY;
  for (const arm of arms) {
    const own = arm.quality - perCost * arm.cost;
    if (own > score) {
      best = arm;
      score = own;
    }
  }
  return best;
}
