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
  /** The last distances from the mean, as they came and in their order. */
  const last = new Float64Array(distancesMax);
  const sorted = new Float64Array(distancesMax);
  let kept = 0;
  const keep = (distance: number): void => {
    const at = (calls - 1) % distancesMax;
    if (kept === distancesMax) removeFrom(sorted, kept, last[at] ?? 0);
    else kept += 1;
    insertInto(sorted, kept, distance);
    last[at] = distance;
  };
  return {
    learn: ({ estimated, reported }) => {
      if (!(estimated > 0 && reported > 0)) return;
      calls += 1;
      const off = Math.log(reported / estimated);
      keep(Math.abs(off - mean));
      mean += (off - mean) / Math.min(calls, windowMin);
    },
    corrected: (raw) => Math.max(1, Math.round(raw * Math.exp(mean))),
    errorBand: () => (kept < toldFrom ? undefined : Math.exp(sorted[Math.ceil(kept * 0.9) - 1] ?? 0) - 1),
  };
}

/** How many of the first `length` are below `value`. */
function below(sorted: Float64Array, length: number, value: number): number {
  let [from, to] = [0, length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((sorted[middle] ?? 0) < value) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Takes `value`, which is one of the first `length`, away from them. */
function removeFrom(sorted: Float64Array, length: number, value: number): void {
  const at = below(sorted, length, value);
  sorted.copyWithin(at, at + 1, length);
}

/** Makes `value` one of the first `length`; one less are there already. */
function insertInto(sorted: Float64Array, length: number, value: number): void {
  const at = below(sorted, length - 1, value);
  sorted.copyWithin(at + 1, at, length - 1);
  sorted[at] = value;
}
