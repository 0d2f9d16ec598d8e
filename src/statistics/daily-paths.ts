import { weekdayFactors } from "./weekday-factors.ts";

/** What is known of a daily amount, and how it may go on. */
export interface DailyModel {
  readonly factors: Float64Array;
  /** Days that it was learned from: of the first that is not among them the weekday is `days % 7`. */
  readonly days: number;
  /** One for each speed at which the level may move. */
  readonly levels: readonly Level[];
}

interface Level {
  readonly gain: number;
  /** Of a usual day. */
  readonly value: number;
  /** How likely this speed is, by how well it has foretold; they add up to 1. */
  readonly likelihood: number;
  /** Days that have taught it. */
  readonly learned: number;
  /** What days had, over what was foretold of them: of busy weekdays, and of quiet ones. Their mean is 1. */
  readonly busy: Float64Array;
  readonly quiet: Float64Array;
}

/** Speeds of the level: 0 is the mean of all days, .3 and .5 follow the last few. */
const gains = [0, 0.05, 0.1, 0.2, 0.3, 0.5] as const;
/** Amounts over what was foretold are kept of so many days. */
const ratiosMax = 28;
/** e^2: beyond it an amount is an accident, of which the next day knows nothing. */
const ratioMax = Math.exp(2);
/** Days that teach the levels before they are judged. */
const warmUp = 7;
/** A weekday with less of a usual day has nothing to teach. */
const factorMin = 0.02;
/** Below, a weekday is a quiet one. */
const quietBelow = 0.5;
const quietMin = 4;

/**
 * Learns a level, weekdays, and how far days were from what was foretold. Day `i` is of weekday `i % 7`; `undefined`: not
 * known, it teaches nothing. A day of 0 is a day: over what was foretold it is 0, which the logarithm would not bear.
 *
 * The level is an exponentially weighted mean; how fast it moves is not known, so there is one for each of six speeds,
 * weighed by their likelihood. One fixed speed comes with a band that is right for one kind of series alone.
 *
 * Source: Hyndman, Koehler, Ord and Snyder 2008, "Forecasting with exponential smoothing", ETS(M,N,M) and chapter 6.
 */
export function learnDaily(days: readonly (number | undefined)[]): DailyModel {
  const factors = weekdayFactors(days);
  const traces = gains.map((gain) => traceOf(days, factors, gain));
  const least = Math.min(...traces.map(({ error }) => error));
  const odds = traces.map(({ error, judged }) => (error > 0 ? (least / error) ** (judged / 2) : 1));
  const sum = odds.reduce((total, one) => total + one, 0);
  return {
    factors,
    days: days.length,
    levels: traces.map(({ level, gain, learned, busy, quiet }, index) => ({
      gain,
      value: level,
      likelihood: (odds[index] ?? 0) / sum,
      learned,
      busy: evened(busy, []),
      quiet: evened(quiet, busy),
    })),
  };
}

/** What one speed makes of the days. */
function traceOf(days: readonly (number | undefined)[], factors: Float64Array, gain: number) {
  const busy: number[] = [];
  const quiet: number[] = [];
  let level = 0;
  let learned = 0;
  let error = 0;
  let judged = 0;
  for (const [index, day] of days.entries()) {
    const factor = factors[index % factors.length] ?? 1;
    if (day === undefined || factor < factorMin) continue;
    const foretold = level * factor;
    if (learned > 0 && foretold > 0)
      (factor < quietBelow ? quiet : busy).push(Math.min(ratioMax, day / foretold));
    if (learned >= warmUp) {
      error += (day - foretold) ** 2;
      judged += 1;
    }
    level += stepOf(gain, learned) * Math.min(1, factor) * (day / factor - level);
    learned += 1;
  }
  return {
    gain,
    level,
    learned,
    error,
    judged,
    busy: busy.slice(-ratiosMax),
    quiet: quiet.slice(-ratiosMax),
  };
}

/** The first days are a mean of all: nothing is known before them. */
const stepOf = (gain: number, learned: number): number => Math.max(gain, 1 / (learned + 1));

/** So that what is drawn of them is as foretold on average: else the level would drift on a path. */
function evened(ratios: readonly number[], others: readonly number[]): Float64Array {
  const used = ratios.length < quietMin && others.length > 0 ? others : ratios;
  const sum = used.reduce((total, ratio) => total + ratio, 0);
  return Float64Array.from(used, (ratio) => (sum > 0 ? (ratio * used.length) / sum : 1));
}

/**
 * Paths of the days ahead: each draws a speed of the level by its likelihood, then day by day one of the ratios; the level
 * moves on by what was drawn, so that what is not known of it grows with the days.
 *
 * @param shares How much of each of the next days counts: the first of them may be over in part.
 * @param random Numbers in [0, 1).
 * @returns For each path the sums up to each day, one path after the other.
 */
export function drawPaths(
  { factors, days, levels }: DailyModel,
  shares: readonly number[],
  { paths, random }: { readonly paths: number; readonly random: () => number },
): Float64Array {
  const sums = new Float64Array(paths * shares.length);
  for (let path = 0; path < paths; path += 1) {
    const level = levelAt(levels, random());
    let { value = 0, learned = 0 } = level ?? {};
    let sum = 0;
    for (const [ahead, share] of shares.entries()) {
      const factor = factors[(days + ahead) % factors.length] ?? 1;
      const ratio = ratioOf(level, factor, random());
      sum += value * factor * ratio * share;
      sums[path * shares.length + ahead] = sum;
      if (factor < factorMin) continue;
      value += stepOf(level?.gain ?? 0, learned) * Math.min(1, factor) * value * (ratio - 1);
      learned += 1;
    }
  }
  return sums;
}

function levelAt(levels: readonly Level[], draw: number): Level | undefined {
  let left = draw;
  for (const level of levels) {
    left -= level.likelihood;
    if (left < 0) return level;
  }
  return levels.at(-1);
}

function ratioOf(level: Level | undefined, factor: number, draw: number): number {
  if (level === undefined || factor < factorMin) return 1;
  const ratios = factor < quietBelow ? level.quiet : level.busy;
  return ratios[Math.floor(draw * ratios.length)] ?? 1;
}
