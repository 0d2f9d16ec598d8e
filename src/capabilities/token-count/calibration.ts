/**
 * How far estimates of one model's tokens are off, learned from the providers' own counts: the running mean of
 * ln(reported / estimated), and how wide single calls scatter about it.
 *
 * Source: AI models specification, part 19.
 */
export interface Calibration {
  readonly calls: number;
  /** Mean of ln(reported / estimated); an estimate is multiplied by e to this power. */
  readonly mean: number;
  /** The last distances from the mean, oldest first. */
  readonly distances: readonly number[];
}

/** The mean follows the newest calls: each counts at least this much. */
const windowMin = 50;
const distancesMax = 200;

/** Before the first call: as the bytes say, or what is known of a family. */
export const uncalibrated = (factor: number): Calibration => ({
  calls: 0,
  mean: Math.log(factor),
  distances: [],
});

/** The calibration after one more call; calls that tell nothing change nothing. */
export function learnFrom(
  calibration: Calibration,
  { estimated, reported }: { readonly estimated: number; readonly reported: number },
): Calibration {
  if (!(estimated > 0 && reported > 0)) return calibration;
  const calls = calibration.calls + 1;
  const off = Math.log(reported / estimated);
  const distances = [...calibration.distances, Math.abs(off - calibration.mean)].slice(-distancesMax);
  const mean = calibration.mean + (off - calibration.mean) / Math.min(calls, windowMin);
  return { calls, mean, distances };
}

/** Tokens of a text of which `raw` was estimated. */
export const corrected = ({ mean }: Calibration, raw: number): number =>
  Math.max(1, Math.round(raw * Math.exp(mean)));

/** The share by which nine calls of ten are off at most; `undefined` before there are ten. */
export function errorBand({ distances }: Calibration): number | undefined {
  if (distances.length < 10) return undefined;
  const sorted = distances.toSorted((left, right) => left - right);
  return Math.exp(sorted[Math.ceil(sorted.length * 0.9) - 1] ?? 0) - 1;
}
