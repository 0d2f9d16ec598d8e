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
  /** Calls in flight that may tell of it, and since when there have been none. */
  open: number;
  openAt: number;
  /** Seconds without any since it was last learned from. */
  idle: number;
  /** Calls that ended and told nothing of it, as long as no other has. */
  silent: number;
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

export const noneLearned = (): Learned => ({
  line: createLatencyLine(start),
  learnedFrom: 0,
  open: 0,
  openAt: Number.POSITIVE_INFINITY,
  idle: 0,
  silent: 0,
});

/** A server as it stands beside others that do the same work. */
export interface Standing {
  readonly traffic: Readonly<Traffic>;
  readonly learned: Readonly<Learned>;
  /** What is known of the others now; asked only where nothing is of this one. */
  readonly others: () => readonly Readonly<Learned>[];
}

/**
 * When this much work would be done there, in seconds.
 *
 *     seconds = work · max(.0005, a + b · (in flight + 1)) + penalty of the last errors
 *
 * Source: routing specification, section 4.
 */
export function secondsFor(server: Standing, work: number, now: number): number {
  const seconds = work * perToken(server);
  const { errors, erredAt } = server.traffic;
  if (errors === 0) return seconds;
  return seconds + Math.max(5 * seconds, 1) * 2 ** (errors - 1) * Math.exp(-(now - erredAt) / penaltyFades);
}

/** Who has never told is taken to be a little quicker than the quickest. */
const hopeful = 0.9;
/** Seconds without a call after which what is known is e times as uncertain. */
const idleFades = 60;
/** Whose calls end so often without a word of its speed is hoped for no longer. */
const silentMax = 3;

/**
 * Of whom nothing is known yet, the quickest of the others is outdone, so that it is tried by the next call; once that is on its way it
 * is taken to be as they are on average, until it has told. What they are like is what they show now.
 *
 * Source: Auer, Cesa-Bianchi, Fischer 2002, "Finite-time Analysis of the Multiarmed Bandit Problem", UCB1: each is played once first.
 */
function perToken({ traffic: { inFlight }, learned, others }: Standing): number {
  const at = ({ line }: Readonly<Learned>): number => Math.max(secondsPerTokenMin, line.at(inFlight + 1));
  if (learned.learnedFrom > 0) return at(learned);
  const known = others()
    .filter(({ learnedFrom }) => learnedFrom > 0)
    .map(at);
  if (known.length === 0) return at(learned);
  if (learned.open === 0 && learned.silent < silentMax) return hopeful * Math.min(...known);
  return known.reduce((sum, seconds) => sum + seconds, 0) / known.length;
}

/** A call begins. @returns What is told when it has ended; all but the first telling do nothing. */
export function begin(traffic: Traffic, learned: Learned, began: number): Placed {
  const { intercept, slope } = learned.line.state();
  count(traffic, 1, began);
  if (learned.open === 0) learned.idle += Math.max(0, began - learned.openAt);
  learned.open += 1;
  const areaBefore = traffic.area;
  let hasEnded = false;
  const end = (now: number): void => {
    if (hasEnded) return;
    hasEnded = true;
    count(traffic, -1, now);
    learned.open -= 1;
    learned.openAt = now;
    learned.silent += 1;
  };
  return {
    succeeded: (work, now) => {
      if (hasEnded) return undefined;
      end(now);
      traffic.errors = 0;
      const took = now - began;
      if (work < workMin || took <= 0) return undefined;
      const beside = (traffic.area - areaBefore) / took;
      if (learned.idle > 0) learned.line.doubt(Math.exp(learned.idle / idleFades));
      learned.line.learn(beside, took / work);
      learned.learnedFrom += 1;
      learned.idle = 0;
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
