import { createUpperLine } from "../../statistics/demand.ts";
import { type Adviser, createAdviser } from "./advice.ts";
import type { PoolScaling } from "./settings.ts";

/** What is known of the demand on one pool. Rates in tokens a second. */
export interface PoolDemand {
  readonly advised: number;
  /** Needed by now. */
  readonly reactive: number;
  /** Of the last whole window; `null`: it is not known. */
  readonly rate: number | null;
  /** What demand is not above when a replica that is wished for now serves; `null`: not known yet. */
  readonly upper: number | null;
  /** `reactive`: less than two days are known, and what is needed by now counts alone. */
  readonly basis: "reactive" | "forecast";
  /** Known ones, of those that are kept. */
  readonly windows: number;
  /** Windows in which there was more than was advised for, since the start or the last change of rules. */
  readonly shortfalls: number;
  /** The last window was one. */
  readonly isShort: boolean;
  /** So far ahead is looked. */
  readonly horizonMs: number;
}

export interface DemandSeries {
  /** A window is over: so much was done in it; `undefined`: nobody knows. */
  readonly close: (rate: number | undefined) => PoolDemand;
  readonly state: () => PoolDemand;
  /** Rates of the last windows, oldest first; `NaN` where one is not known. */
  readonly kept: () => Float64Array;
}

const dayMs = 86_400_000;
/** Added while there is no forecast. */
const headroom = 1.3;
/** So many days must be known before the forecast counts. */
const daysMin = 2;
const daysKept = 8;

/** The demand on one pool, window by window, and how many replicas it needs. */
export function createDemandSeries(
  { capacity, startupMs, min, max, shortShare }: PoolScaling,
  { windowMs, rates = new Float64Array() }: { readonly windowMs: number; readonly rates?: Float64Array },
): DemandSeries {
  const day = Math.max(1, Math.round(dayMs / windowMs));
  const horizon = Math.max(1, Math.ceil(startupMs / windowMs));
  const line = createUpperLine({ horizon, day, week: 7 * day }, shortShare);
  const adviser: Adviser = createAdviser({ min, max });
  const keptMax = daysKept * day;
  let values: number[] = [];
  let known = 0;
  let upper: number | undefined;
  let state: PoolDemand = {
    advised: min,
    reactive: 0,
    rate: null,
    upper: null,
    basis: "reactive",
    windows: 0,
    shortfalls: 0,
    isShort: false,
    horizonMs: horizon * windowMs,
  };
  const push = (rate: number | undefined): void => {
    values.push(rate ?? Number.NaN);
    if (values.length > 2 * keptMax) values = values.slice(-keptMax);
    if (rate !== undefined) known += 1;
    upper = line.push(rate);
  };
  for (const rate of rates) push(Number.isNaN(rate) ? undefined : rate);
  const replicasFor = (rate: number): number => Math.ceil(rate / capacity);
  return {
    close: (rate) => {
      const isShort = rate !== undefined && rate > state.advised * capacity;
      push(rate);
      const isForecast = known >= daysMin * day && upper !== undefined;
      const reactive = rate === undefined ? state.reactive : replicasFor(isForecast ? rate : headroom * rate);
      const advised = adviser.next({
        reactive,
        forecast: isForecast && upper !== undefined ? replicasFor(upper) : undefined,
      });
      state = {
        ...state,
        advised,
        reactive,
        rate: rate ?? null,
        upper: upper ?? null,
        basis: isForecast ? "forecast" : "reactive",
        windows: known,
        shortfalls: state.shortfalls + (isShort ? 1 : 0),
        isShort,
      };
      return state;
    },
    state: () => state,
    kept: () => Float64Array.from(values.slice(-keptMax)),
  };
}
