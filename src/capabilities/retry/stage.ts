import { untilReset } from "../../kernel/retry-after.ts";
import { uniformOf } from "../../kernel/uniform.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { createBudget } from "./budget.ts";
import { type CoolDown, type CoolReason, createCoolDowns } from "./cool-downs.ts";
import { createFirstLimits, type FirstLimit } from "./first-limits.ts";
import { type KeptCoolDowns, type KeptFirstLimits, readKept, readKeptFirsts } from "./kept-state.ts";

/** A model at a provider. */
export interface TargetName {
  readonly provider: string;
  readonly model: string;
}

/** A cool-down as the admin API shows it. */
export interface CoolDownState {
  /** `provider/model`, or `provider` for its credential. */
  readonly scope: string;
  /** ms since 1970. */
  readonly until: number;
  readonly reason: CoolReason;
}

/** Door 8's memory of when targets may be asked again: of this process, but for what `kept` tells. */
export interface Retries {
  readonly begun: (target: TargetName) => void;
  readonly mayTry: (target: TargetName, kind: "again" | "over" | "further") => boolean;
  /** As `mayTry`, but nothing is taken. */
  readonly couldTry: (target: TargetName, kind: "again" | "over" | "further") => boolean;
  readonly coolsFor: (target: TargetName) => number;
  readonly waitsFor: (target: TargetName) => number;
  readonly failed: (
    target: TargetName,
    failure: { readonly code: string; readonly retryAfterMs?: number },
  ) => void;
  readonly answered: (target: TargetName, headers: ReadonlyMap<string, string>, tookMs?: number) => void;
  readonly usualMs: (target: TargetName) => number | undefined;
  /** How long the first word of a stream is waited for where others could be asked, ms; `undefined`: not known. */
  readonly firstLimitMs: (target: TargetName, promptBytes: number) => number | undefined;
  /** It came after `ms`, or had not come by then when it was given up for a quicker one. */
  readonly firstCame: (target: TargetName, promptBytes: number, ms: number) => void;
  /** It was given up at that limit, after `ms`. */
  readonly firstMissed: (target: TargetName, promptBytes: number, ms: number) => void;
  readonly firstLimits: () => readonly FirstLimit[];
  readonly backoffMs: (tries: number) => number;
  readonly coolDowns: () => readonly CoolDownState[];
  /** False: there was none. */
  readonly endCoolDown: (scope: string) => boolean;
  /** Another configuration may have mended what a target was blocked for. */
  readonly forgetBlocked: () => void;
  /** Who cools down, to outlive the process; `undefined`: nobody ever has. */
  readonly kept: () => KeptCoolDowns | undefined;
  /**
   * Goes on from what was stored: the later of two moments counts, and what was told of an account that is no longer
   * configured is nobody's. False: it is none of ours.
   */
  readonly restore: (stored: unknown) => boolean;
  /** As these two, of what first words took. */
  readonly keptFirsts: () => KeptFirstLimits | undefined;
  readonly restoreFirsts: (stored: unknown) => boolean;
}

export interface RetryPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Tries again per request; read at each, since a reload changes it. */
  readonly budget: () => number;
  readonly onCooled: (fact: CoolDownState) => void;
  /** Which account is used at a provider, in any words that change with it; `undefined`: there is no such provider. */
  readonly accountOf: (provider: string) => string | undefined;
}

const backoffBaseMs = 250;
const backoffMsMax = 4000;
const untoldBaseMs = 1000;
const untoldMsMax = 60_000;
const rateLimitMsMax = 600_000;
const quotaMsMax = 86_400_000;
const quotaMs = 3_600_000;
const blockedMs = 300_000;
const overloadedMsMax = 30_000;
/** So much longer than told, by chance: not all that were told the same come back at once. */
const jitterShare = 0.1;
const namesMax = 10_000;
/** Stored are those that last longest. */
const keptMax = 1000;
/** No time heals these for certain: such a target is asked after all others, not later. */
const blocked: ReadonlySet<CoolReason> = new Set(["quota", "not-found", "auth", "permission"]);

export function createRetries(ports: RetryPorts): Retries {
  const { clock, random, budget: shareOf, onCooled, accountOf } = ports;
  const coolDowns = createCoolDowns();
  const budget = createBudget();
  const firstLimits = createFirstLimits();
  const startedAt = clock.now() - clock.monotonic();
  /** What first words took outlives the process, so its days are the world's; a clock that is set changes them no more. */
  const dayTime = (): number => startedAt + clock.monotonic();
  /** Rate limits in a row that named no moment. */
  const limits = new Map<string, number>();
  /** Moving means of how long good answers take, ms. */
  const usual = new Map<string, number>();
  const uniform = (): number => uniformOf(random.bytes);
  let wasKept = false;
  const nameOf = ({ provider, model }: TargetName): string => `${provider}/${model}`;
  const wallOf = (until: number): number => Math.round(clock.now() + (until - clock.monotonic()));
  const cool = (scope: string, ms: number, reason: CoolReason): void => {
    const now = clock.monotonic();
    const until = now + ms * (1 + jitterShare * uniform());
    coolDowns.set({ scope, until, reason }, now);
    onCooled({ scope, until: wallOf(until), reason });
  };
  const addFirst = (target: TargetName, promptBytes: number, ms: number): void =>
    firstLimits.add(nameOf(target), promptBytes, ms, dayTime());
  const longest = ({ provider, model }: TargetName, counts: (fact: CoolDown) => boolean): number => {
    const now = clock.monotonic();
    let ms = 0;
    for (const scope of [provider, `${provider}/${model}`]) {
      const fact = coolDowns.find(scope, now);
      if (fact !== undefined && counts(fact)) ms = Math.max(ms, fact.until - now);
    }
    return ms;
  };
  const untold = (name: string): number => {
    const inRow = (limits.get(name) ?? 0) + 1;
    remember(limits, name, inRow);
    return Math.min(untoldMsMax, untoldBaseMs * 2 ** (inRow - 1));
  };
  const remember = (map: Map<string, number>, name: string, value: number): void => {
    const [oldest] = map.keys();
    if (map.size >= namesMax && !map.has(name) && oldest !== undefined) map.delete(oldest);
    map.set(name, value);
  };
  return {
    begun: (target) => budget.begun(nameOf(target), clock.monotonic()),
    mayTry: (target, kind) => budget.take(nameOf(target), kind, shareOf(), clock.monotonic()),
    couldTry: (target, kind) => budget.has(nameOf(target), kind, shareOf(), clock.monotonic()),
    coolsFor: (target) => longest(target, () => true),
    waitsFor: (target) => longest(target, ({ reason }) => !blocked.has(reason)),
    failed: (target, { code, retryAfterMs }) => {
      const name = nameOf(target);
      switch (code) {
        case "upstream_rate_limited":
          return cool(name, Math.min(rateLimitMsMax, retryAfterMs ?? untold(name)), "rate-limit");
        case "upstream_quota_exhausted":
          return cool(target.provider, Math.min(quotaMsMax, retryAfterMs ?? quotaMs), "quota");
        case "upstream_overloaded":
          if (retryAfterMs !== undefined) cool(name, Math.min(overloadedMsMax, retryAfterMs), "overloaded");
          return;
        case "model_not_found":
          return cool(name, blockedMs, "not-found");
        case "upstream_auth_failed":
          return cool(target.provider, blockedMs, "auth");
        case "upstream_forbidden":
          return cool(name, blockedMs, "permission");
        default:
      }
    },
    answered: (target, headers, tookMs) => {
      const name = nameOf(target);
      limits.delete(name);
      const known = usual.get(name) ?? tookMs;
      if (tookMs !== undefined && known !== undefined) remember(usual, name, known + (tookMs - known) / 8);
      const resetMs = untilReset(headers);
      if (resetMs !== undefined && resetMs > 0) cool(name, Math.min(rateLimitMsMax, resetMs), "used-up");
    },
    usualMs: (target) => usual.get(nameOf(target)),
    firstLimitMs: (target, promptBytes) => firstLimits.find(nameOf(target), promptBytes, dayTime()),
    firstCame: addFirst,
    firstMissed: addFirst,
    firstLimits: () => firstLimits.list(dayTime()),
    backoffMs: (tries) => uniform() * Math.min(backoffMsMax, backoffBaseMs * 2 ** (tries - 1)),
    coolDowns: () =>
      coolDowns
        .list(clock.monotonic())
        .map(({ scope, until, reason }) => ({ scope, until: wallOf(until), reason })),
    endCoolDown: (scope) => coolDowns.end(scope, clock.monotonic()),
    forgetBlocked: () => {
      const now = clock.monotonic();
      for (const { scope, reason } of coolDowns.list(now)) if (blocked.has(reason)) coolDowns.end(scope, now);
    },
    kept: () => {
      const facts = coolDowns
        .list(clock.monotonic())
        .toSorted((left, right) => right.until - left.until)
        .slice(0, keptMax)
        .flatMap(({ scope, until, reason }) => {
          const account = accountOf(providerOf(scope));
          return account === undefined ? [] : [{ scope, account, until: Math.max(0, wallOf(until)), reason }];
        });
      wasKept ||= facts.length > 0;
      return wasKept ? { version: 1, coolDowns: facts } : undefined;
    },
    restore: (stored) => {
      const read = readKept(stored);
      if (read === undefined) return false;
      wasKept = true;
      const now = clock.monotonic();
      for (const { scope, account, until, reason } of read.coolDowns) {
        if (accountOf(providerOf(scope)) !== account) continue;
        // The wall clock may have been set back meanwhile.
        const leftMs = Math.min(until - clock.now(), quotaMsMax * (1 + jitterShare));
        coolDowns.set({ scope, until: now + leftMs, reason }, now);
      }
      return true;
    },
    keptFirsts: () => {
      const firsts = firstLimits.kept(dayTime()).flatMap((known) => {
        const account = accountOf(providerOf(known.target));
        return account === undefined ? [] : [{ ...known, account }];
      });
      return firsts.length === 0 ? undefined : { version: 1, firsts };
    },
    restoreFirsts: (stored) => {
      const read = readKeptFirsts(stored);
      if (read === undefined) return false;
      firstLimits.restore(
        read.firsts.filter(({ target, account }) => accountOf(providerOf(target)) === account),
      );
      return true;
    },
  };
}

const providerOf = (scope: string): string => scope.split("/", 1)[0] ?? scope;
