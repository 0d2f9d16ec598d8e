import { createLatencyLine, type LatencyLine, type LineState } from "../../statistics/latency-line.ts";

/** What one server has in hand, and how its last calls ended. Times in seconds of a clock that never goes back. */
export interface Traffic {
  inFlight: number;
  /** Of calls in flight over time, and when it was added up. */
  area: number;
  areaAt: number;
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
  readonly succeeded: (work: number, now: number) => void;
  readonly failed: (now: number) => void;
  /** It ended, and nothing is learned of it. */
  readonly left: (now: number) => void;
}

/** Of what nobody is known of: seconds a token, and more for each call beside it. */
const start: LineState = { intercept: 0.015, slope: 0.0007 };
const secondsPerTokenMin = 0.0005;
/** Shorter ones tell nothing of the speed. */
export const workMin = 8;
const penaltyFades = 10;
const penaltyErrorsMax = 8;

export const noTraffic = (now: number): Traffic => ({
  inFlight: 0,
  area: 0,
  areaAt: now,
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
  const seconds = work * perToken(traffic, learned);
  const { errors, erredAt } = traffic;
  if (errors === 0) return seconds;
  return seconds + Math.max(5 * seconds, 1) * 2 ** (errors - 1) * Math.exp(-(now - erredAt) / penaltyFades);
}

/** Seconds that a token of one more call would take, its errors apart. */
export const perToken = ({ inFlight }: Readonly<Traffic>, { line }: Learned): number =>
  Math.max(secondsPerTokenMin, line.at(inFlight + 1));

/** A call begins. @returns What is told when it has ended; all but the first telling do nothing. */
export function begin(traffic: Traffic, learned: Learned, began: number): Placed {
  count(traffic, 1, began);
  const areaBefore = traffic.area;
  let hasEnded = false;
  const end = (now: number): void => {
    if (!hasEnded) count(traffic, -1, now);
    hasEnded = true;
  };
  return {
    succeeded: (work, now) => {
      if (hasEnded) return;
      end(now);
      traffic.errors = 0;
      const took = now - began;
      if (work < workMin || took <= 0) return;
      learned.learnedFrom += 1;
      learned.line.learn((traffic.area - areaBefore) / took, took / work);
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

function count(traffic: Traffic, by: 1 | -1, now: number): void {
  traffic.area += traffic.inFlight * (now - traffic.areaAt);
  traffic.areaAt = now;
  traffic.inFlight += by;
}
