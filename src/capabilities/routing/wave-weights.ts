import { wavesCount } from "./features.ts";
import type { Lesson } from "./word-weights.ts";

/** What the traits of a request tell of an arm's answers. */
export interface WaveWeights {
  /** Added to what is expected of an answer, on the scale of the one who asks. */
  readonly score: (waves: Float32Array) => number;
  readonly variance: (waves: Float32Array) => number;
  readonly learn: (waves: Float32Array, lesson: Lesson) => void;
  /** The arm has changed: what is known counts for a tenth. */
  readonly forget: () => void;
  readonly state: () => WaveState;
}

/** What must survive a restart. */
export interface WaveState {
  readonly weights: Float64Array;
  readonly covariance: Float64Array;
}

const size = wavesCount;
/** How sure of 0 a weight is at first. */
const floor = 4;
const memory = 0.9998;

/**
 * Regression with its whole covariance, one recursive step an outcome (an extended Kalman filter), because the
 * waves of one request hang together. Forgetting stops where nothing would be left to forget.
 *
 * Source: recursive least squares; with the slope of a link, after Titterington 1984, "Recursive Parameter Estimation Using Incomplete Data"; 64 x 64 numbers, about 8,000
 * multiplications an outcome.
 */
export function createWaveWeights(from?: WaveState): WaveWeights {
  const weights = new Float64Array(size);
  const covariance = new Float64Array(size * size);
  const gains = new Float64Array(size);
  for (let i = 0; i < size; i += 1) covariance[i * size + i] = 1 / floor;
  if (from !== undefined) {
    weights.set(from.weights);
    covariance.set(from.covariance);
  }

  const spreadOf = (waves: Float32Array): number => {
    let spread = 0;
    for (let i = 0; i < size; i += 1) {
      let sum = 0;
      const row = i * size;
      for (let j = 0; j < size; j += 1) sum += (covariance[row + j] ?? 0) * (waves[j] ?? 0);
      gains[i] = sum;
      spread += sum * (waves[i] ?? 0);
    }
    return spread;
  };
  const grow = (factor: number): void => {
    let trace = 0;
    for (let i = 0; i < size; i += 1) trace += covariance[i * size + i] ?? 0;
    const by = Math.min(factor, size / floor / trace);
    if (by > 1) for (let i = 0; i < covariance.length; i += 1) covariance[i] = (covariance[i] ?? 0) * by;
  };
  return {
    score: (waves) => {
      let sum = 0;
      for (let i = 0; i < size; i += 1) sum += (weights[i] ?? 0) * (waves[i] ?? 0);
      return sum;
    },
    variance: spreadOf,
    learn: (waves, { error, slope, weight }) => {
      const curvature = weight * Math.max(slope, 0.05);
      const spread = spreadOf(waves);
      const step = (weight * error) / (1 + curvature * spread);
      const shrink = curvature / (1 + curvature * spread);
      for (let i = 0; i < size; i += 1) {
        const gain = gains[i] ?? 0;
        weights[i] = (weights[i] ?? 0) + gain * step;
        const row = i * size;
        const by = gain * shrink;
        for (let j = 0; j < size; j += 1)
          covariance[row + j] = (covariance[row + j] ?? 0) - by * (gains[j] ?? 0);
      }
      grow(1 / memory);
    },
    forget: () => grow(10),
    state: () => ({ weights: weights.slice(), covariance: covariance.slice() }),
  };
}
