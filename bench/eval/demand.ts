import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDemandForecast, createUpperLine } from "../../src/statistics/demand.ts";
import { type EvalResult, fileDigest, type Measured, seeded } from "./result.ts";

const file = "servegen_rate_language_m-large.csv";
const day = 144;
const week = 7 * day;
const caveat =
  "One service of Alibaba (ServeGen, Apache-2.0), 14 days in windows of ten minutes; week 1 teaches, week 2 is scored. Settings were chosen on week 1.";

function ratesIn(folder: string): readonly number[] {
  const lines = readFileSync(join(folder, file), "utf8").trim().split("\n").slice(1);
  return lines.map((line) => Number(line.split(",")[1]));
}

/** Sum of absolute errors over the sum of the rates, in week 2. */
function wape(rates: readonly number[], forecastOf: (index: number) => number): number {
  let error = 0;
  let total = 0;
  for (let index = week; index < rates.length; index += 1) {
    const rate = rates[index] ?? 0;
    error += Math.abs(forecastOf(index) - rate);
    total += rate;
  }
  return error / total;
}

/** E6: forecasts 10, 30 and 60 minutes ahead. */
export function evalForecast(folder: string): EvalResult {
  const rates = ratesIn(folder);
  const published = { 1: [0.133, 0.13], 3: [0.196, 0.188], 6: [0.235, 0.225] } as const;
  const rows = ([1, 3, 6] as const).map((horizon): Measured => {
    const forecast = createDemandForecast({ horizon, day, week });
    const told = new Map<number, number>();
    for (const [index, rate] of rates.entries()) {
      forecast.push(rate);
      told.set(index + horizon, Math.exp(forecast.ahead() ?? 0));
    }
    const persistence = wape(rates, (index) => rates[index - horizon] ?? 0);
    const [anchor, aim] = published[horizon];
    return {
      name: `WAPE ${horizon * 10} min ahead`,
      ours: wape(rates, (index) => told.get(index) ?? 0),
      baselines: {
        persistence,
        "the day before": wape(rates, (index) => rates[index - day] ?? 0),
        "the week before": wape(rates, (index) => rates[index - week] ?? 0),
      },
      published: `persistence ${anchor}`,
      must: persistence + 0.003,
      aim,
    };
  });
  return { name: "forecast", caveat, data: [fileDigest(folder, file)], rows };
}

interface Line {
  readonly capacity: number;
  readonly short: number;
}

/** What capacity by the upper line costs in week 2; some windows may be unknown. */
function scaled(rates: readonly number[], horizon: number, isMissing: (index: number) => boolean): Line {
  const line = createUpperLine({ horizon, day, week });
  const bounds = new Map<number, number>();
  let capacity = 0;
  let load = 0;
  let short = 0;
  let windows = 0;
  for (const [index, rate] of rates.entries()) {
    const bound = bounds.get(index);
    if (index >= week && bound !== undefined && !isMissing(index)) {
      capacity += bound;
      load += rate;
      windows += 1;
      if (rate > bound) short += 1;
    }
    const next = line.push(isMissing(index) ? undefined : rate);
    if (next !== undefined) bounds.set(index + horizon, next);
  }
  return { capacity: capacity / load, short: short / windows };
}

/** Capacity that is the last rate times a constant, chosen in hindsight so that 2 % of windows are short. */
function hindsight(rates: readonly number[], horizon: number): number {
  const ratios: number[] = [];
  let before = 0;
  let load = 0;
  for (let index = week; index < rates.length; index += 1) {
    const carried = rates[index - horizon] ?? 1;
    ratios.push((rates[index] ?? 0) / carried);
    before += carried;
    load += rates[index] ?? 0;
  }
  ratios.sort((left, right) => left - right);
  return ((ratios[Math.floor(ratios.length * 0.98)] ?? 1) * before) / load;
}

const blanked = 100;
const seeds = 10;

/** E7: how much capacity an upper line needs for 2 % of windows short. */
export function evalScaling(folder: string): EvalResult {
  const rates = ratesIn(folder);
  const limits = { 1: [1.46, 1.42], 3: [1.7, 1.65] } as const;
  const rows = ([1, 3] as const).flatMap((horizon): readonly Measured[] => {
    const whole = scaled(rates, horizon, () => false);
    const gaps = Array.from({ length: seeds }, (_, seed) => {
      const next = seeded(seed + 1);
      const missing = new Set<number>();
      while (missing.size < blanked) missing.add(Math.floor(next() * rates.length));
      return scaled(rates, horizon, (index) => missing.has(index));
    });
    const mean = (of: (line: Line) => number): number =>
      gaps.reduce((sum, line) => sum + of(line), 0) / seeds;
    const [must, aim] = limits[horizon];
    const baselines = { "constant headroom (hindsight)": hindsight(rates, horizon) };
    const windows = `${horizon} window${horizon === 1 ? "" : "s"} ahead`;
    return [
      { name: `capacity over load, ${windows}`, ours: whole.capacity, baselines, published: "-", must, aim },
      {
        name: `share of windows short, ${windows}`,
        ours: whole.short,
        baselines: {},
        published: "-",
        must: 0.023,
        aim: 0.02,
      },
      {
        name: `capacity over load, ${blanked} windows blanked, ${windows}`,
        ours: mean(({ capacity }) => capacity),
        range: [
          Math.min(...gaps.map(({ capacity }) => capacity)),
          Math.max(...gaps.map(({ capacity }) => capacity)),
        ],
        baselines: {},
        published: "-",
        must,
        aim,
      },
      {
        name: `share short, ${blanked} windows blanked, ${windows}`,
        ours: mean(({ short }) => short),
        range: [Math.min(...gaps.map(({ short }) => short)), Math.max(...gaps.map(({ short }) => short))],
        baselines: {},
        published: "-",
        must: 0.023,
        aim: 0.02,
      },
    ];
  });
  return { name: "scaling", caveat, data: [fileDigest(folder, file)], rows };
}
