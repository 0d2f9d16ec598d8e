import { createSortedRing } from "../../statistics/sorted-ring.ts";

/**
 * How far estimates of one model's tokens are off, learned from the providers' own counts: the running mean of
 * ln(reported / estimated), and how wide single calls scatter about it. A holder of state; each request reads and tells it.
 *
 * Source: AI models specification, part 19.
 */
export interface Calibration {
  /** One more call; calls that tell nothing change nothing. */
  readonly learn: (call: { readonly estimated: number; readonly reported: number }) => void;
  /** Tokens of a text of which `raw` was estimated. */
  readonly corrected: (raw: number) => number;
  /** The share by which nine calls of ten are off at most; `undefined` before there are ten. */
  readonly errorBand: () => number | undefined;
}

/** The mean follows the newest calls: each counts at least this much. */
const windowMin = 50;
const distancesMax = 200;
const toldFrom = 10;

/** @param factor Before the first call: as the bytes say, or what is known of a family. */
export function createCalibration(factor: number): Calibration {
  let calls = 0;
  /** Of ln(reported / estimated); an estimate is multiplied by e to this power. */
  let mean = Math.log(factor);
  /** How far the last calls were from the mean. */
  const distances = createSortedRing(distancesMax);
  return {
    learn: ({ estimated, reported }) => {
      if (!(estimated > 0 && reported > 0)) return;
      calls += 1;
      const off = Math.log(reported / estimated);
      distances.push(Math.abs(off - mean));
      mean += (off - mean) / Math.min(calls, windowMin);
    },
    corrected: (raw) => Math.max(1, Math.round(raw * Math.exp(mean))),
    errorBand: () =>
      distances.count() < toldFrom
        ? undefined
        : Math.exp(distances.rank(Math.ceil(distances.count() * 0.9)) ?? 0) - 1,
  };
}
