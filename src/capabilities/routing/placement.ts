import { createLatencyLine, type LatencyLine } from "../../statistics/latency-line.ts";

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

export interface Placed {
  readonly succeeded: (work: number, now: number) => void;
  readonly failed: (now: number) => void;
  /** It ended, and nothing is learned of it. */
  readonly left: (now: number) => void;
}

interface Member {
  readonly line: LatencyLine;
  inFlight: number;
  /** Of requests in flight over time, and when it was added up. */
  area: number;
  areaAt: number;
  errors: number;
  erredAt: number;
  learnedFrom: number;
}

/** Of what nobody is known of: seconds a token, and more for each request beside it. */
const start = { intercept: 0.015, slope: 0.0007 } as const;
const secondsPerTokenMin = 0.0005;
/** Shorter ones tell nothing of the speed. */
const workMin = 8;
const penaltyFades = 10;
const penaltyErrorsMax = 8;
const membersMax = 10_000;

/**
 * A line for each member says how long a token takes among how many others; it is asked with those that are there now, so
 * that each choice counts at once, and many gateways' worth of requests do not run to the one that was quick a second ago.
 *
 *     seconds = work · max(.0005, a + b · (in flight + 1)) + penalty of the last errors
 *
 * Source: routing specification, section 4.
 */
export function createPlacement(): Placement {
  const members = new Map<string, Member>();
  const of = (name: string, now: number): Member => {
    const known = members.get(name);
    if (known !== undefined) return known;
    const [oldest] = members.keys();
    if (members.size >= membersMax && oldest !== undefined) members.delete(oldest);
    const made = {
      line: createLatencyLine(siblings(members.values())),
      inFlight: 0,
      area: 0,
      areaAt: now,
      errors: 0,
      erredAt: now,
      learnedFrom: 0,
    };
    members.set(name, made);
    return made;
  };
  const count = (member: Member, by: 1 | -1, now: number): void => {
    member.area += member.inFlight * (now - member.areaAt);
    member.areaAt = now;
    member.inFlight += by;
  };
  const predict = (name: string, work: number, now: number): number => {
    const member = of(name, now);
    const perToken = Math.max(secondsPerTokenMin, member.line.at(member.inFlight + 1));
    return work * perToken + penaltyOf(member, work * perToken, now);
  };
  return {
    predict,
    inFlight: (name) => members.get(name)?.inFlight ?? 0,
    states: () =>
      [...members].map(([name, { line, inFlight, learnedFrom, errors }]) => {
        const { intercept, slope } = line.state();
        return {
          name,
          inFlight,
          secondsPerToken: intercept,
          secondsPerTokenAndRequest: slope,
          learnedFrom,
          errors,
        };
      }),
    begin: (name, began) => {
      const member = of(name, began);
      count(member, 1, began);
      const areaBefore = member.area;
      let hasEnded = false;
      const end = (now: number): void => {
        if (!hasEnded) count(member, -1, now);
        hasEnded = true;
      };
      return {
        succeeded: (work, now) => {
          if (hasEnded) return;
          end(now);
          member.errors = 0;
          const took = now - began;
          if (work < workMin || took <= 0) return;
          member.learnedFrom += 1;
          member.line.learn((member.area - areaBefore) / took, took / work);
        },
        failed: (now) => {
          if (hasEnded) return;
          end(now);
          member.errors = Math.min(penaltyErrorsMax, member.errors + 1);
          member.erredAt = now;
        },
        left: end,
      };
    },
  };
}

function penaltyOf({ errors, erredAt }: Member, seconds: number, now: number): number {
  if (errors === 0) return 0;
  return Math.max(5 * seconds, 1) * 2 ** (errors - 1) * Math.exp(-(now - erredAt) / penaltyFades);
}

/** A new member is taken to be as the others are. */
function siblings(
  members: Iterable<Member>,
): typeof start | { readonly intercept: number; readonly slope: number } {
  const states = [...members].map(({ line }) => line.state());
  if (states.length === 0) return start;
  const mean = (of: "intercept" | "slope"): number =>
    states.reduce((sum, state) => sum + state[of], 0) / states.length;
  return { intercept: mean("intercept"), slope: mean("slope") };
}
