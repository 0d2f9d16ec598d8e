import { type Learned, noneLearned, noTraffic, type Traffic } from "./traffic.ts";

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

/** Models whose speed is known, at one address; of more, who was asked last is forgotten last. */
const modelsMax = 64;

const nothing: Readonly<Learned> = noneLearned();

/** How fast a member is at a model. */
export const learnedOf = ({ learned }: Pick<Member, "learned">, model: string): Readonly<Learned> =>
  learned.get(model) ?? nothing;

/** The same, for a call that begins there and may tell of it. */
export function learningOf({ learned }: Pick<Member, "learned">, model: string): Learned {
  const known = learned.get(model) ?? noneLearned();
  learned.delete(model);
  const [oldest] = learned.keys();
  if (learned.size >= modelsMax && oldest !== undefined) learned.delete(oldest);
  learned.set(model, known);
  return known;
}
