import {
  begin,
  type Learned,
  noneLearned,
  noTraffic,
  type Placed,
  secondsFor,
  type Traffic,
} from "./traffic.ts";

/** Where a request will be done first. Times in seconds of a clock that never goes back; work in tokens. Owned by one gateway. */
export interface Placement {
  /** Seconds that this much work will take there, among what is there already. */
  readonly predict: (member: string, wanted: PlacedWork, now: number) => number;
  /** Work has begun. @returns What is told when it has ended. */
  readonly begin: (member: string, now: number) => Placed;
  readonly inFlight: (member: string) => number;
  readonly states: () => readonly MemberState[];
}

export interface PlacedWork {
  readonly work: number;
  /** Who else may do it: of whom nothing is known is judged by these. */
  readonly others: () => readonly string[];
}

/** What is known of the speed of one target. */
export interface MemberState {
  readonly name: string;
  readonly inFlight: number;
  /** Seconds a token takes alone, and more for each request beside it. */
  readonly secondsPerToken: number;
  readonly secondsPerTokenAndRequest: number;
  /** Requests that its speed was learned from. */
  readonly learnedFrom: number;
  /** In a row, up to now. */
  readonly errors: number;
}

interface Known {
  readonly traffic: Traffic;
  readonly learned: Learned;
}

const membersMax = 10_000;
const nothing: Known = { traffic: noTraffic(0), learned: noneLearned() };

/**
 * A line for each member says how long a token takes among how many others; it is asked with those that are there now, so
 * that each choice counts at once, and many gateways' worth of requests do not run to the one that was quick a second ago.
 *
 * Source: routing specification, section 4.
 */
export function createPlacement(): Placement {
  const members = new Map<string, Known>();
  return {
    predict: (name, { work, others }, now) => {
      const { traffic, learned } = members.get(name) ?? nothing;
      const learnedOf = (other: string): Learned | readonly Learned[] => members.get(other)?.learned ?? [];
      return secondsFor({ traffic, learned, others: () => others().flatMap(learnedOf) }, work, now);
    },
    inFlight: (name) => members.get(name)?.traffic.inFlight ?? 0,
    states: () =>
      [...members].map(([name, { traffic, learned }]) => {
        const { intercept, slope } = learned.line.state();
        return {
          name,
          inFlight: traffic.inFlight,
          secondsPerToken: intercept,
          secondsPerTokenAndRequest: slope,
          learnedFrom: learned.learnedFrom,
          errors: traffic.errors,
        };
      }),
    begin: (name, now) => {
      const known: Known = members.get(name) ?? { traffic: noTraffic(now), learned: noneLearned() };
      // Who was asked last is forgotten last.
      members.delete(name);
      const [oldest] = members.keys();
      if (members.size >= membersMax && oldest !== undefined) members.delete(oldest);
      members.set(name, known);
      return begin(known.traffic, known.learned, now);
    },
  };
}
