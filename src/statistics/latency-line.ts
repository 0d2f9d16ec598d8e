/** How much slower a server is the more it has to do: `a + b · load`, learned from what it did. */
export interface LatencyLine {
  /** Seconds at this load. */
  readonly at: (load: number) => number;
  /** One thing done: how much there was to do beside it, on average, and how long it took, seconds. What is no number is left out. */
  readonly learn: (load: number, seconds: number) => void;
  /** What is known may be of another time: it stays, and is so many times as uncertain (above 1), so that the next one counts for more. */
  readonly doubt: (times: number) => void;
  readonly state: () => LineState;
}

export interface LineState {
  /** Seconds without any other load. */
  readonly intercept: number;
  /** Seconds more for each unit of load; never below 0. */
  readonly slope: number;
}

const forgetting = 0.98;
const unsure = { intercept: 100, slope: 1 } as const;
const unsureMax = 1000;

/**
 * Recursive least squares with forgetting. Where nothing new is seen the uncertainty would grow without end: past a bound
 * it begins anew, and what is known stays.
 *
 * Source: Ljung 1999, "System Identification", section 11.2; constants from the routing specification, section 4.
 */
export function createLatencyLine(from: LineState): LatencyLine {
  let { intercept, slope } = from;
  let p00: number = unsure.intercept;
  let p01 = 0;
  let p11: number = unsure.slope;
  const beginAnew = (): void => {
    p00 = unsure.intercept;
    p01 = 0;
    p11 = unsure.slope;
  };
  return {
    at: (load) => intercept + slope * load,
    learn: (load, seconds) => {
      if (!Number.isFinite(load) || !Number.isFinite(seconds)) return;
      const g0 = p00 + p01 * load;
      const g1 = p01 + p11 * load;
      const scale = 1 / (forgetting + g0 + g1 * load);
      const error = seconds - intercept - slope * load;
      intercept += g0 * scale * error;
      slope = Math.max(0, slope + g1 * scale * error);
      p00 = (p00 - g0 * scale * g0) / forgetting;
      p01 = (p01 - g0 * scale * g1) / forgetting;
      p11 = (p11 - g1 * scale * g1) / forgetting;
      if (p00 > unsureMax) beginAnew();
    },
    doubt: (times) => {
      if (p00 * times > unsure.intercept) return beginAnew();
      p00 *= times;
      p01 *= times;
      p11 *= times;
    },
    state: () => ({ intercept, slope }),
  };
}
