import type { FactValue } from "../../ports/expressions.ts";

/** A request that a policy has denied, or would have. */
export interface Violation {
  readonly id: string;
  /** ms since 1970. */
  readonly at: number;
  /** "": the default. */
  readonly policy: string;
  readonly revision: number;
  readonly mode: "enforce" | "shadow";
  readonly phase: "request" | "target" | "response";
  /** The id of the key that asked. */
  readonly subject: string;
  readonly tenant: string;
  readonly route: string;
  readonly requestId: string;
  readonly reason: string;
  /** Those that were read; what says who somebody is as keyed hashes. */
  readonly facts: Readonly<Record<string, FactValue>>;
}

export interface ViolationFilter {
  readonly policy?: string | undefined;
  readonly tenant?: string | undefined;
  /** The id of the key that asked. */
  readonly key?: string | undefined;
  readonly mode?: Violation["mode"] | undefined;
  /** ms since 1970. */
  readonly since?: number | undefined;
  /** ms since 1970; that moment is not of it. */
  readonly until?: number | undefined;
  readonly limit: number;
}

/** The last violations. */
export interface Violations {
  readonly add: (violation: Violation) => void;
  /** Newest first. */
  readonly list: (filter: ViolationFilter) => readonly Violation[];
  /** Enforced ones, since the process began. */
  readonly count: () => number;
  /** What has not been stored yet, and the ids of what is to be forgotten; asking takes them. */
  readonly take: (now: number) => { readonly added: readonly Violation[]; readonly gone: readonly string[] };
}

const violationsMax = 10_000;
const keptMs = 30 * 86_400_000;

/** `stored`: oldest first. A ring: the oldest make room, and none is older than 30 days. */
export function createViolations(stored: readonly Violation[]): Violations {
  let all = stored.slice(-violationsMax);
  let added: Violation[] = [];
  let gone: string[] = stored.slice(0, -violationsMax).map(({ id }) => id);
  let enforced = 0;
  const drop = (number: number): void => {
    if (number === 0) return;
    gone.push(...all.slice(0, number).map(({ id }) => id));
    all = all.slice(number);
  };
  return {
    add: (violation) => {
      if (violation.mode === "enforce") enforced += 1;
      all.push(violation);
      added.push(violation);
      // In batches, as each takes a copy.
      if (all.length > violationsMax * 1.1) drop(all.length - violationsMax);
    },
    list: (filter) =>
      all
        .slice(-violationsMax)
        .filter((one) => fits(one, filter))
        .slice(-filter.limit)
        .toReversed(),
    count: () => enforced,
    take: (now) => {
      const young = all.findIndex(({ at }) => at >= now - keptMs);
      drop(young === -1 ? all.length : young);
      const forgotten = new Set(gone);
      const taken = { added: added.filter(({ id }) => !forgotten.has(id)), gone };
      added = [];
      gone = [];
      return taken;
    },
  };
}

function fits(
  one: Violation,
  { policy, tenant, key, mode, since = 0, until = Infinity }: ViolationFilter,
): boolean {
  return (
    one.at >= since &&
    one.at < until &&
    isOrAny(policy, one.policy) &&
    isOrAny(tenant, one.tenant) &&
    isOrAny(key, one.subject) &&
    isOrAny(mode, one.mode)
  );
}

const isOrAny = (asked: string | undefined, is: string): boolean => asked === undefined || asked === is;
