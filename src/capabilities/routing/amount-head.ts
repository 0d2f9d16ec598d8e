import type { Features } from "./features.ts";
import { createWaveWeights } from "./wave-weights.ts";
import { createWordWeights } from "./word-weights.ts";

/** Learns a positive amount of a request, tokens of its answer or dollars, from what the request looks like. */
export interface AmountHead {
  /** `undefined`: too little has been seen. */
  readonly predict: (features: Features) => Amount | undefined;
  /** What is no number above 0 teaches nothing. */
  readonly learn: (features: Features, amount: number) => void;
}

export interface Amount {
  readonly mean: number;
  /** Of its logarithm. */
  readonly log: number;
}

interface Tally {
  sum: number;
  count: number;
}

const samplesMin = 20;
const memory = 0.9995;
const shapeWeight = 5;
/** Of a logarithm: one answer in a hundred is further off, and teaches no more than this. */
const errorMax = 2;
/** One over the variance that is left when all is known. */
const weight = 3;

/**
 * Regression of the logarithm on the shape, the words and the traits of a request; the mean is the exponential times what
 * exponentials have fallen short by.
 *
 * Source: routing specification, section 6; the smear after Duan 1983, "Smearing Estimate".
 */
export function createAmountHead(): AmountHead {
  const words = createWordWeights();
  const waves = createWaveWeights();
  const total: Tally = { sum: 0, count: 0 };
  const shapes = new Map<string, Tally>();
  const smear: Tally = { sum: 0, count: 0 };
  let seen = 0;

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
      return { log, mean: Math.exp(log) * (smear.sum / smear.count) };
    },
    learn: (features, amount) => {
      if (!Number.isFinite(amount) || amount <= 0) return;
      const log = Math.log(amount);
      const expected = seen === 0 ? log : logOf(features);
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
  };
}
