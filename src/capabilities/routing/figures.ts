import { createFreeShares, type FreeShares } from "./free-shares.ts";

/** What is learned of a target from the requests that it answered. */
interface Figures {
  /** Of the logarithms of ms: to the first word of streams, to the end of whole answers; of tokens of answers. */
  readonly first: Moments;
  readonly total: Moments;
  readonly output: Moments;
  /** Tries and successes, fading with time. */
  tries: number;
  successes: number;
  fadedAt: number;
}

/** Moving mean and variance of a logarithm; after West 1979, with a weight that stops falling. */
interface Moments {
  count: number;
  mean: number;
  variance: number;
}

const steady = 50;
const fadeMs = 60_000;
const targetsMax = 10_000;
/** The 90th percentile of a normal distribution, in deviations. */
const z90 = 1.2816;

/** How one kind of figure is distributed: the median and what nine of ten stay below. */
export interface Spread {
  readonly median: number;
  readonly mean: number;
  readonly high: number;
  readonly count: number;
}

/** Times (ms), lengths (tokens) and health of targets, as settled requests have shown them. `now`: ms of the monotonic clock. Owned by one gateway. */
export interface TargetFigures {
  readonly answered: (
    name: string,
    told: { readonly firstMs?: number; readonly totalMs?: number; readonly outputTokens?: number },
    now: number,
  ) => void;
  readonly failed: (name: string, now: number) => void;
  /** `undefined`: nothing is known. */
  readonly spreadOf: (name: string, kind: "first" | "total" | "output") => Spread | undefined;
  /** The share of tries that succeed: near .95 for a target that nothing is known of. */
  readonly healthOf: (name: string, now: number) => number;
  /** What is left of their limits. */
  readonly free: FreeShares;
}

const noMoments = (): Moments => ({ count: 0, mean: 0, variance: 0 });

export function createFigures(): TargetFigures {
  const targets = new Map<string, Figures>();
  const of = (name: string, now: number): Figures => {
    const known = targets.get(name);
    if (known !== undefined) return known;
    const [oldest] = targets.keys();
    if (targets.size >= targetsMax && oldest !== undefined) targets.delete(oldest);
    const made: Figures = {
      first: noMoments(),
      total: noMoments(),
      output: noMoments(),
      tries: 0,
      successes: 0,
      fadedAt: now,
    };
    targets.set(name, made);
    return made;
  };
  const tried = (figures: Figures, isSuccess: boolean, now: number): void => {
    fade(figures, now);
    figures.tries += 1;
    if (isSuccess) figures.successes += 1;
  };
  return {
    free: createFreeShares(),
    answered: (name, { firstMs, totalMs, outputTokens }, now) => {
      const figures = of(name, now);
      tried(figures, true, now);
      add(figures.first, firstMs);
      add(figures.total, totalMs);
      add(figures.output, outputTokens);
    },
    failed: (name, now) => tried(of(name, now), false, now),
    spreadOf: (name, kind) => {
      const moments = targets.get(name)?.[kind];
      if (moments === undefined || moments.count === 0) return undefined;
      const { count, mean, variance } = moments;
      const deviation = Math.sqrt(variance);
      return {
        median: Math.exp(mean),
        mean: Math.exp(mean + variance / 2),
        high: Math.exp(mean + z90 * deviation),
        count,
      };
    },
    healthOf: (name, now) => {
      const figures = targets.get(name);
      if (figures === undefined) return 0.95;
      fade(figures, now);
      return (figures.successes + 9.5) / (figures.tries + 10);
    },
  };
}

function fade(figures: Figures, now: number): void {
  const share = Math.exp(-Math.max(0, now - figures.fadedAt) / fadeMs);
  figures.tries *= share;
  figures.successes *= share;
  figures.fadedAt = now;
}

/** What is no number above 0 says nothing. */
function add(moments: Moments, value: number | undefined): void {
  if (value === undefined || !Number.isFinite(value) || value <= 0) return;
  const logarithm = Math.log(value);
  moments.count += 1;
  const share = 1 / Math.min(moments.count, steady);
  const difference = logarithm - moments.mean;
  moments.mean += share * difference;
  moments.variance = (1 - share) * (moments.variance + share * difference * difference);
}
