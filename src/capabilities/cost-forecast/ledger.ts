import { type Day, dayOf } from "./month.ts";
import { costForecastBounds } from "./settings.ts";

const { days: daysKept, scopesMax, idleDays } = costForecastBounds;

/** What was spent on one day. */
export interface SpendOfDay {
  /** Exact: a day holds up to 9.2 billion dollars. */
  readonly nanoUsd: bigint;
  /** Requests that it was spent on. */
  readonly calls: number;
  /** Requests whose price is not known: they are not in `nanoUsd`. */
  readonly unpriced: number;
}

/** The last days of one scope; day `d` stands at `d % daysKept`, if `days` says so there. */
export interface ScopeDays {
  /** Its first request, ms since 1970. */
  readonly since: number;
  readonly days: Int32Array;
  readonly nanoUsd: BigInt64Array;
  readonly calls: Uint32Array;
  readonly unpriced: Uint32Array;
}

/** Daily spend by scope, in memory of a fixed size. Owned by one gateway. */
export interface Ledger {
  /** @param nanoUsd 10^-9 US dollars; `null`: the price is not known. */
  readonly book: (scope: string, at: number, nanoUsd: number | null) => void;
  /** Of one day, or of all days up to `last`. */
  readonly read: (scope: string, day: Day, last?: Day) => SpendOfDay;
  /** Its first request, ms since 1970; `undefined`: nothing is known of it. */
  readonly since: (scope: string) => number | undefined;
  readonly scopes: () => readonly string[];
  /** Drops the scopes of which no day is left by `today`. */
  readonly sweep: (today: Day) => void;
  readonly kept: () => ReadonlyMap<string, ScopeDays>;
}

/** A scope, and what is asked of all of them when there are too many. */
interface Scope {
  readonly kept: ScopeDays;
  newest: Day;
  /** 10^-9 US dollars in all that is known of it; roughly, for comparing. */
  total: number;
}

/**
 * @param pinned A scope that never goes.
 * @param from What was kept.
 */
export function createLedger(pinned: string, from: ReadonlyMap<string, ScopeDays> = new Map()): Ledger {
  const scopes = new Map([...from].map(([name, kept]): [string, Scope] => [name, opened(kept)]));
  const scopeOf = (name: string, at: number): Scope => {
    const known = scopes.get(name);
    if (known !== undefined) return known;
    if (scopes.size > scopesMax) dropLeast(scopes, pinned, dayOf(at));
    const fresh = opened(emptyScope(at));
    scopes.set(name, fresh);
    return fresh;
  };
  return {
    book: (name, at, nanoUsd) => {
      const scope = scopeOf(name, at);
      const { kept } = scope;
      scope.newest = dayOf(at);
      const slot = openSlot(kept, scope.newest);
      if (nanoUsd === null || !Number.isFinite(nanoUsd)) {
        kept.unpriced[slot] = (kept.unpriced[slot] ?? 0) + 1;
        return;
      }
      const whole = Math.max(0, Math.round(nanoUsd));
      scope.total += whole;
      kept.nanoUsd[slot] = (kept.nanoUsd[slot] ?? 0n) + BigInt(whole);
      kept.calls[slot] = (kept.calls[slot] ?? 0) + 1;
    },
    read: (name, day, last = day) => {
      const kept = scopes.get(name)?.kept;
      let [nanoUsd, calls, unpriced] = [0n, 0, 0];
      for (let one = day; kept !== undefined && one <= last; one += 1) {
        const slot = slotOf(one);
        if (kept.days[slot] !== one) continue;
        nanoUsd += kept.nanoUsd[slot] ?? 0n;
        calls += kept.calls[slot] ?? 0;
        unpriced += kept.unpriced[slot] ?? 0;
      }
      return { nanoUsd, calls, unpriced };
    },
    since: (name) => scopes.get(name)?.kept.since,
    scopes: () => [...scopes.keys()],
    sweep: (today) => {
      for (const [name, { newest }] of scopes)
        if (name !== pinned && newest <= today - daysKept) scopes.delete(name);
    },
    kept: () => new Map([...scopes].map(([name, { kept }]) => [name, kept])),
  };
}

const slotOf = (day: Day): number => day % daysKept;

const opened = (kept: ScopeDays): Scope => ({
  kept,
  newest: Math.max(...kept.days),
  total: Number(kept.nanoUsd.reduce((total, one) => total + one, 0n)),
});

function emptyScope(since: number): ScopeDays {
  return {
    since,
    days: new Int32Array(daysKept),
    nanoUsd: new BigInt64Array(daysKept),
    calls: new Uint32Array(daysKept),
    unpriced: new Uint32Array(daysKept),
  };
}

/** The place of a day, made empty if another day is there: what is booked is of now, whatever the clock said before. */
function openSlot(scope: ScopeDays, day: Day): number {
  const slot = slotOf(day);
  if (scope.days[slot] === day) return slot;
  scope.days[slot] = day;
  scope.nanoUsd[slot] = 0n;
  scope.calls[slot] = 0;
  scope.unpriced[slot] = 0;
  return slot;
}

/** One that has been idle for weeks, else the one of least spend: names that a client makes up push out no key of weight. */
function dropLeast(scopes: Map<string, Scope>, pinned: string, today: Day): void {
  let least: { readonly name: string; readonly isIdle: boolean; readonly total: number } | undefined;
  for (const [name, { newest, total }] of scopes) {
    if (name === pinned) continue;
    const isIdle = newest < today - idleDays;
    const isLess = least === undefined || (isIdle === least.isIdle ? total < least.total : isIdle);
    if (isLess) least = { name, isIdle, total };
  }
  if (least !== undefined) scopes.delete(least.name);
}
