import { type Learned, learnedFrom, noTraffic, type Traffic } from "./traffic.ts";

/** Why an address is out for a while. */
export type EjectedFor = "errors" | "success-rate" | "slow" | "operator";

/** How the calls of one address ended lately. */
export interface Outcomes {
  /** Gateway errors in a row. */
  inRow: number;
  /** In the window at hand. */
  good: number;
  bad: number;
  /** The last actual times, as parts of the predicted ones; the oldest is written over. */
  readonly ratios: number[];
  nextRatio: number;
}

/** One address of a pool, with all that is known of it. Times in seconds of a clock that never goes back. Owned by its pool. */
export interface Member {
  readonly name: string;
  region: string | undefined;
  weight: number;
  readonly traffic: Traffic;
  /** How fast it does the work of each model. */
  readonly learned: Map<string, Learned>;
  readonly outcomes: Outcomes;
  /** The peak of its times, fading; 0: nobody has been there. */
  cost: number;
  costAt: number;
  /** Of smooth turns. */
  turn: number;
  /** Most calls in flight until `slowUntil`; or this share of what the busiest has, if that is more. */
  cap: number;
  capShare: number;
  slowUntil: number;
  /** When its last call ended. */
  endedAt: number;
  /** 0: it is not ejected. */
  ejectedUntil: number;
  ejectedFor: EjectedFor | undefined;
  /** Ejections that count for how long the next one is. */
  ejections: number;
  returnedAt: number;
  /** By an operator. */
  isDrained: boolean;
  /** By the checks, where there are any. */
  isWell: boolean;
  /** Whether the choice at hand may take it. */
  mayTake: boolean;
}

export function createMember(
  { name, region, weight }: Pick<Member, "name" | "region" | "weight">,
  now: number,
): Member {
  return {
    name,
    region,
    weight,
    traffic: noTraffic(now),
    learned: new Map(),
    outcomes: { inRow: 0, good: 0, bad: 0, ratios: [], nextRatio: 0 },
    cost: 0,
    costAt: now,
    turn: 0,
    cap: 1,
    capShare: 0,
    slowUntil: 0,
    endedAt: now,
    ejectedUntil: 0,
    ejectedFor: undefined,
    ejections: 0,
    returnedAt: now,
    isDrained: false,
    isWell: true,
    mayTake: false,
  };
}

/** Models whose speed is told apart, at one address; further ones are of one kind. */
const modelsMax = 64;

/** How fast a member is at a model; a new one is taken to be as the best of the others, so that it is tried. */
export function learnedOf(member: Member, model: string, all: readonly Member[]): Learned {
  const known = member.learned.get(model);
  if (known !== undefined) return known;
  const kind = member.learned.size < modelsMax ? model : "";
  const kept = member.learned.get(kind);
  if (kept !== undefined) return kept;
  const made = learnedFrom(best(all, kind));
  member.learned.set(kind, made);
  return made;
}

function best(all: readonly Member[], model: string) {
  const states = all.flatMap(({ learned }) => learned.get(model)?.line.state() ?? []);
  return states.toSorted((a, b) => a.intercept + a.slope - (b.intercept + b.slope))[0];
}
