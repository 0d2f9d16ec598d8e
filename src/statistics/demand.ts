import { createSortedRing } from "./sorted-ring.ts";

/** How demand is forecast. Windows are of equal length. */
export interface DemandSettings {
  /** How many windows ahead. */
  readonly horizon: number;
  /** Windows in a day, and in a week. */
  readonly day: number;
  readonly week: number;
}

/** Forecasts a rate `horizon` windows ahead. Owned by one thread. */
export interface DemandForecast {
  /** The rate of the next window; `undefined`: nobody knows it, so it teaches nothing and the last one is carried. */
  readonly push: (rate: number | undefined) => void;
  /** The natural logarithm of the rate that is expected; `undefined` before the first window. */
  readonly ahead: () => number | undefined;
}

/** Rates below have no logarithm worth having. */
const rateMin = 1e-6;
const errorMax = 0.5;
const features = 7;
/** Two memories beside none at all: the mean of three forecasts is off by less than the best of them. */
const memories = [0.998, 0.9995] as const;

interface Regression {
  readonly memory: number;
  readonly weights: Float64Array;
  /** Row by row. */
  readonly covariance: Float64Array;
}

function createRegression(memory: number): Regression {
  const covariance = new Float64Array(features * features);
  for (let index = 0; index < features; index += 1) covariance[index * features + index] = 1;
  const weights = new Float64Array(features);
  // It begins as persistence.
  weights[1] = 1;
  return { memory, weights, covariance };
}

function valueOf({ weights }: Regression, x: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < features; index += 1) sum += (weights[index] ?? 0) * (x[index] ?? 0);
  return sum;
}

/** Recursive least squares with forgetting; an error beyond `errorMax` counts as that. Source: Ljung 1999, section 11.2. */
function learn(regression: Regression, x: Float64Array, y: number): void {
  const { memory, weights, covariance } = regression;
  const spread = new Float64Array(features);
  let scale = memory;
  for (let row = 0; row < features; row += 1) {
    let sum = 0;
    for (let column = 0; column < features; column += 1)
      sum += (covariance[row * features + column] ?? 0) * (x[column] ?? 0);
    spread[row] = sum;
    scale += sum * (x[row] ?? 0);
  }
  const error = Math.max(-errorMax, Math.min(errorMax, y - valueOf(regression, x)));
  for (let row = 0; row < features; row += 1) {
    const gain = (spread[row] ?? 0) / scale;
    weights[row] = (weights[row] ?? 0) + gain * error;
    for (let column = 0; column < features; column += 1) {
      const at = row * features + column;
      covariance[at] = ((covariance[at] ?? 0) - gain * (spread[column] ?? 0)) / memory;
    }
  }
}

/**
 * The mean of three forecasts of the logarithm: the last value, and two regressions on it, its last two steps, and the
 * change over the horizon a day and a week before.
 *
 * Source of the features: routing specification, part 7; of the mean: Bates and Granger 1969, "The combination of forecasts".
 */
export function createDemandForecast({ horizon, day, week }: DemandSettings): DemandForecast {
  /** The last week and what is needed before it; those of longer ago are dropped, and counted. */
  const values: number[] = [];
  let dropped = 0;
  const keptMax = week + 2 * horizon + 8;
  const push = (value: number): void => {
    values.push(value);
    if (values.length <= 2 * keptMax) return;
    dropped += values.length - keptMax;
    values.splice(0, values.length - keptMax);
  };
  const regressions = memories.map(createRegression);
  /** What is known of `target` when it is `horizon` windows ahead; `undefined`: too little. */
  const featuresOf = (target: number): Float64Array | undefined => {
    const at = (index: number): number => values[index - dropped] ?? 0;
    if (target - day - horizon < 0 || target - horizon < 2) return undefined;
    const daily = at(target - day) - at(target - day - horizon);
    const weekly = target - week - horizon < 0 ? daily : at(target - week) - at(target - week - horizon);
    const last = at(target - horizon);
    const before = at(target - horizon - 1);
    const steps = [last - before, before - at(target - horizon - 2)];
    return Float64Array.from([1, last, ...steps, daily, at(target - day), weekly]);
  };
  return {
    push: (rate) => {
      const target = dropped + values.length;
      if (rate === undefined) {
        push(values.at(-1) ?? 0);
        return;
      }
      const value = Math.log(Math.max(rateMin, rate));
      push(value);
      const x = featuresOf(target);
      if (x !== undefined) for (const regression of regressions) learn(regression, x, value);
    },
    ahead: () => {
      const last = values.at(-1);
      const x = featuresOf(dropped + values.length - 1 + horizon);
      if (last === undefined || x === undefined) return last;
      const sum = regressions.reduce((total, regression) => total + valueOf(regression, x), last);
      return sum / (regressions.length + 1);
    },
  };
}

/** A line that demand stays below but for a wanted share of windows. */
export interface UpperLine {
  /** @returns The rate that `horizon` windows ahead is not above, but for the wanted share of them. */
  readonly push: (rate: number | undefined) => number | undefined;
}

const residualsMax = 1008;
const residualsMin = 50;
/** Added to the logarithm while too few residuals are known. */
const headroom = 0.3;
const rateOfLearning = 0.005;
const riskMin = 0.0005;
const riskMax = 0.2;
/** Of the mean absolute residual, by which residuals are made comparable: quiet weeks and wild ones. */
const spreadMemory = 0.98;
const spreadStart = 0.1;

interface Pending {
  readonly forecast: number;
  readonly scale: number;
  readonly bound: number;
}

/**
 * The forecast and a quantile of its last residuals, each divided by the root of how large residuals were at the time;
 * the quantile moves so that the share of windows above comes out as wanted, whatever the residuals are distributed like.
 *
 * Source: Gibbs and Candès 2021, "Adaptive conformal inference under distribution shift".
 */
export function createUpperLine(settings: DemandSettings, shortShare = 0.02): UpperLine {
  const forecast = createDemandForecast(settings);
  const pending: (Pending | undefined)[] = [];
  const residuals = createSortedRing(residualsMax);
  let risk = shortShare;
  let spread = spreadStart;
  const settle = (rate: number, { forecast: expected, scale, bound }: Pending): void => {
    const residual = Math.log(Math.max(rateMin, rate)) - expected;
    const isShort = rate > bound ? 1 : 0;
    risk = Math.max(riskMin, Math.min(riskMax, risk + rateOfLearning * (shortShare - isShort)));
    residuals.push(residual / scale);
    spread = spreadMemory * spread + (1 - spreadMemory) * Math.abs(residual);
  };
  const quantile = (): number => residuals.rank(Math.ceil((residuals.count() + 1) * (1 - risk))) ?? headroom;
  return {
    push: (rate) => {
      const due = pending.length >= settings.horizon ? pending.shift() : undefined;
      if (rate !== undefined && due !== undefined) settle(rate, due);
      forecast.push(rate);
      const expected = forecast.ahead();
      if (expected === undefined) {
        pending.push(undefined);
        return undefined;
      }
      const scale = Math.sqrt(spread);
      const above = residuals.count() < residualsMin ? headroom : quantile() * scale;
      const bound = Math.exp(expected + above);
      pending.push({ forecast: expected, scale, bound });
      return bound;
    },
  };
}
