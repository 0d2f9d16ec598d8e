import {
  begin,
  type Learned,
  learnedFrom,
  meanOf,
  noTraffic,
  type Placed,
  secondsFor,
  type Traffic,
} from "./traffic.ts";

/** Where a request will be done first. Times in seconds of a clock that never goes back; work in tokens. Owned by one gateway. */
export interface Placement {
  /** Seconds that this much work will take there, among what is there already. */
  readonly predict: (member: string, work: number, now: number) => number;
  /** Work has begun. @returns What is told when it has ended. */
  readonly begin: (member: string, now: number) => Placed;
  readonly inFlight: (member: string) => number;
  readonly states: () => readonly MemberState[];
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

const membersMax = 10_000;

/**
 * A line for each member says how long a token takes among how many others; it is asked with those that are there now, so
 * that each choice counts at once, and many gateways' worth of requests do not run to the one that was quick a second ago.
 *
 * Source: routing specification, section 4.
 */
export function createPlacement(): Placement {
  const members = new Map<string, { readonly traffic: Traffic; readonly learned: Learned }>();
  const of = (name: string, now: number) => {
    const known = members.get(name);
    if (known !== undefined) return known;
    const [oldest] = members.keys();
    if (members.size >= membersMax && oldest !== undefined) members.delete(oldest);
    // A new member is taken to be as the others are.
    const others = [...members.values()].map(({ learned }) => learned.line.state());
    const made = { traffic: noTraffic(now), learned: learnedFrom(meanOf(others)) };
    members.set(name, made);
    return made;
  };
  return {
    predict: (name, work, now) => {
      const { traffic, learned } = of(name, now);
      return secondsFor(traffic, learned, work, now);
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
      const { traffic, learned } = of(name, now);
      return begin(traffic, learned, now);
    },
  };
}
