/** Why a scope cools down. */
export type CoolReason = (typeof coolReasons)[number];

export const coolReasons = [
  "rate-limit",
  "quota",
  "overloaded",
  "not-found",
  "auth",
  "permission",
  "used-up",
] as const;

/** One fact: not before `until`. Times are ms of the monotonic clock. */
export interface CoolDown {
  readonly scope: string;
  readonly until: number;
  readonly reason: CoolReason;
}

/** What must not be asked yet. */
export interface CoolDowns {
  /** The later of two moments counts. */
  readonly set: (fact: CoolDown, now: number) => void;
  /** `undefined`: it may be asked. */
  readonly find: (scope: string, now: number) => CoolDown | undefined;
  readonly list: (now: number) => readonly CoolDown[];
  /** False: there was none. */
  readonly end: (scope: string, now: number) => boolean;
}

/** Clients choose names of models: the oldest go when there are more. */
const factsMax = 10_000;

export function createCoolDowns(): CoolDowns {
  const facts = new Map<string, CoolDown>();
  const alive = (scope: string, now: number): CoolDown | undefined => {
    const fact = facts.get(scope);
    if (fact === undefined || fact.until > now) return fact;
    facts.delete(scope);
    return undefined;
  };
  return {
    set: (fact, now) => {
      const known = alive(fact.scope, now);
      if (fact.until <= now || (known !== undefined && known.until >= fact.until)) return;
      facts.delete(fact.scope);
      const [oldest] = facts.keys();
      if (facts.size >= factsMax && oldest !== undefined) facts.delete(oldest);
      facts.set(fact.scope, fact);
    },
    find: alive,
    list: (now) => [...facts.keys()].flatMap((scope) => alive(scope, now) ?? []),
    end: (scope, now) => alive(scope, now) !== undefined && facts.delete(scope),
  };
}
