import { createLatencyLine, type LatencyLine, type LineState } from "../../statistics/latency-line.ts";

/** What one server has in hand, and how its last calls ended. Times in seconds of a clock that never goes back. */
export interface Traffic {
  inFlight: number;
  /** Of calls in flight over time, and when it was added up. */
  area: number;
  areaAt: number;
  /** Of calls in flight, up to `areaAt`: a mean over time that forgets within a minute. */
  mean: number;
  /** In a row, up to now. */
  errors: number;
  erredAt: number;
}

/** How fast a server does one kind of work. */
export interface Learned {
  readonly line: LatencyLine;
  /** Calls that it was learned from. */
  learnedFrom: number;
}

export interface Placed {
  /**
   * @returns How long it took, as a part of what was known to be usual when it began for what was in flight beside it
   * meanwhile; `undefined`: it was too short to tell.
   */
  readonly succeeded: (work: number, now: number) => number | undefined;
  readonly failed: (now: number) => void;
  /** It ended, and nothing is learned of it. */
  readonly left: (now: number) => void;
}

/** Of what nobody is known of: seconds a token, and more for each call beside it. */
const start: LineState = { intercept: 0.015, slope: 0.0007 };
const secondsPerTokenMin = 0.0005;
/** Shorter ones tell nothing of the speed. */
const workMin = 8;
const penaltyFades = 10;
const penaltyErrorsMax = 8;

export const noTraffic = (now: number): Traffic => ({
  inFlight: 0,
  area: 0,
  areaAt: now,
  mean: 0,
  errors: 0,
  erredAt: now,
});

/** Begins to learn, from what is known of others like it: of nobody, from `start`. */
export const learnedFrom = (state: LineState | undefined): Learned => ({
  line: createLatencyLine(state ?? start),
  learnedFrom: 0,
});

/** The mean of what is known of others; `undefined`: nothing is. */
export function meanOf(states: readonly LineState[]): LineState | undefined {
  if (states.length === 0) return undefined;
  const mean = (of: keyof LineState): number =>
    states.reduce((sum, state) => sum + state[of], 0) / states.length;
  return { intercept: mean("intercept"), slope: mean("slope") };
}

/**
 * When this much work would be done there, in seconds.
 *
 *     seconds = work · max(.0005, a + b · (in flight + 1)) + penalty of the last errors
 *
 * Source: routing specification, section 4.
 */
export function secondsFor(traffic: Readonly<Traffic>, learned: Learned, work: number, now: number): number {
  const seconds = work * Math.max(secondsPerTokenMin, learned.line.at(traffic.inFlight + 1));
  const { errors, erredAt } = traffic;
  if (errors === 0) return seconds;
  return seconds + Math.max(5 * seconds, 1) * 2 ** (errors - 1) * Math.exp(-(now - erredAt) / penaltyFades);
}

/** A call begins. @returns What is told when it has ended; all but the first telling do nothing. */
export function begin(traffic: Traffic, learned: Learned, began: number): Placed {
  const { intercept, slope } = learned.line.state();
  count(traffic, 1, began);
  const areaBefore = traffic.area;
  let hasEnded = false;
  const end = (now: number): void => {
    if (!hasEnded) count(traffic, -1, now);
    hasEnded = true;
  };
  return {
    succeeded: (work, now) => {
      if (hasEnded) return undefined;
      end(now);
      traffic.errors = 0;
      const took = now - began;
      if (work < workMin || took <= 0) return undefined;
      const beside = (traffic.area - areaBefore) / took;
      learned.learnedFrom += 1;
      learned.line.learn(beside, took / work);
      return took / (work * Math.max(secondsPerTokenMin, intercept + slope * beside));
    },
    failed: (now) => {
      if (hasEnded) return;
      end(now);
      traffic.errors = Math.min(penaltyErrorsMax, traffic.errors + 1);
      traffic.erredAt = now;
    },
    left: end,
  };
}

const meanFades = 60;

/** Calls in flight within the last minute, on average; what is longer ago counts for less. */
export function meanInFlight({ inFlight, mean, areaAt }: Readonly<Traffic>, now: number): number {
  return inFlight + (mean - inFlight) * Math.exp(-Math.max(0, now - areaAt) / meanFades);
}

function count(traffic: Traffic, by: 1 | -1, now: number): void {
  traffic.mean = meanInFlight(traffic, now);
  traffic.area += traffic.inFlight * (now - traffic.areaAt);
  traffic.areaAt = now;
  traffic.inFlight += by;
}
