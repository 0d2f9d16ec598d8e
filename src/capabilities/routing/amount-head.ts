import { type ConformalState, createConformalBound } from "../../statistics/conformal.ts";
import type { Features } from "./features.ts";
import { createWaveWeights, type WaveState } from "./wave-weights.ts";
import { createWordWeights, type WordState } from "./word-weights.ts";

/** Learns a positive amount of a request, tokens of its answer or dollars, from what the request looks like. */
export interface AmountHead {
  /** `undefined`: too little has been seen. */
  readonly predict: (features: Features) => Amount | undefined;
  /** What is no number above 0 teaches nothing. */
  readonly learn: (features: Features, amount: number) => void;
  /** Of the amounts of late, how many were not above their bound; `undefined`: there was none. */
  readonly coverage: () => number | undefined;
  readonly state: () => AmountState;
}

/** What must survive a restart. */
export interface AmountState {
  readonly words: WordState;
  readonly waves: WaveState;
  readonly total: Tally;
  readonly shapes: ReadonlyMap<string, Tally>;
  readonly smear: Tally;
  readonly bound: ConformalState;
  readonly seen: number;
}

export interface Amount {
  readonly mean: number;
  readonly median: number;
  /** Nine of ten are below; absent: fewer than 200 have been seen. */
  readonly high?: number;
}

interface Tally {
  sum: number;
  count: number;
}

const samplesMin = 20;
/** The share of amounts that stay below the upper bound. */
const covered = 0.9;
const memory = 0.9995;
const shapeWeight = 5;
/** Of a logarithm: what is further off teaches no more than this. */
const errorMax = 1;
/** One over the variance that is left when all is known. */
const weight = 3;

/**
 * Regression of the logarithm on the shape, the words and the traits of a request; the mean is the exponential times what
 * exponentials have fallen short by.
 *
 * Source: routing specification, section 6; the smear after Duan 1983, "Smearing Estimate".
 */
export function createAmountHead(from?: AmountState): AmountHead {
  const words = createWordWeights(from?.words);
  const waves = createWaveWeights(from?.waves);
  const total: Tally = { sum: 0, count: 0, ...from?.total };
  const shapes = new Map([...(from?.shapes ?? [])].map(([shape, tally]) => [shape, { ...tally }]));
  const smear: Tally = { sum: 0, count: 0, ...from?.smear };
  const bound = createConformalBound(1 - covered, from?.bound);
  let seen = from?.seen ?? 0;

  const logOf = ({ shape, words: places, waves: values }: Features): number => {
    const mean = total.count === 0 ? 0 : total.sum / total.count;
    const own = shapes.get(shape) ?? { sum: 0, count: 0 };
    const base = (own.sum + shapeWeight * mean) / (own.count + shapeWeight);
    return base + words.score(places) + waves.score(values);
  };
  const count = (tally: Tally, value: number, of: number): void => {
    tally.sum = tally.sum * memory + value;
    tally.count = tally.count * memory + of;
  };
  return {
    predict: (features) => {
      if (seen < samplesMin) return undefined;
      const log = logOf(features);
      const margin = bound.margin();
      return {
        mean: Math.exp(log) * (smear.sum / smear.count),
        median: Math.exp(log),
        ...(margin === undefined ? {} : { high: Math.exp(log + margin) }),
      };
    },
    coverage: bound.coverage,
    learn: (features, amount) => {
      if (!Number.isFinite(amount) || amount <= 0) return;
      const log = Math.log(amount);
      const expected = seen === 0 ? log : logOf(features);
      if (seen >= samplesMin) bound.observe(log - expected);
      seen += 1;
      count(smear, amount, Math.exp(expected));
      count(total, log, 1);
      const own = shapes.get(features.shape) ?? { sum: 0, count: 0 };
      shapes.set(features.shape, own);
      count(own, log, 1);
      const error = Math.max(-errorMax, Math.min(errorMax, log - expected));
      waves.learn(features.waves, { error, slope: 1, weight });
      const rest = log - logOf(features);
      words.learn(features.words, {
        error: Math.max(-errorMax, Math.min(errorMax, rest)),
        slope: 1,
        weight,
      });
    },
    state: () => ({
      words: words.state(),
      waves: waves.state(),
      total: { ...total },
      shapes: new Map([...shapes].map(([shape, tally]) => [shape, { ...tally }])),
      smear: { ...smear },
      bound: bound.state(),
      seen,
    }),
  };
}
