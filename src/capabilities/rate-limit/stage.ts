import { GatewayError } from "../../kernel/errors.ts";
import { uniformOf } from "../../kernel/uniform.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { type Amounts, amountOf } from "./amounts.ts";
import { microsOf } from "./gcra.ts";
import { createLimitIndex, type LimitIndex } from "./index-of-limits.ts";
import { type Limit, type Subject, scopeOf } from "./limit.ts";
import {
  admitAll,
  type Charge,
  createLimitState,
  debitAll,
  type Hold,
  type LimitState,
  owedBy,
  type Standing,
  standingOf,
  succeed,
} from "./limiter.ts";
import { type LimitReading, readLimit } from "./read-model.ts";

/** What a request asks of its limits. */
export interface LimitAsk {
  readonly subject: Subject;
  /** By estimate. */
  readonly amounts: Amounts;
  /** Limits that hold for it besides, and what one more unit of work costs it; by policies. */
  readonly extra?: readonly { readonly id: string; readonly cost?: number }[];
  /** ms after which the charge stays whatever is told. */
  readonly holdMs: number;
}

/** A request that passed its limits. */
export interface Passed {
  /** How they stand at this moment, in the order of the configuration. */
  readonly standings: () => readonly Standing[];
  readonly settle: (actual: Partial<Amounts>) => void;
  readonly cancel: () => void;
  /** An upstream was asked for it. */
  readonly tried: (wasThrottled: boolean) => void;
}

/** Door 3's limits: of this process. */
export interface RateLimits {
  /** Whose id stays keeps its buckets. */
  readonly configure: (limits: readonly Limit[]) => void;
  /** There is no limit at all. */
  readonly isEmpty: () => boolean;
  /** @throws GatewayError `rate_limited`, `request_too_large`; nothing is charged then. `undefined`: no limit holds. */
  readonly admit: (ask: LimitAsk) => Passed | undefined;
  /** Of a refused request: how its limits stand. */
  readonly standingsOf: (ask: LimitAsk) => readonly Standing[];
  /** What was taken already, whether there was room for it or not. @returns What to throw at whoever goes on: there is a debt. */
  readonly debit: (ask: LimitAsk) => GatewayError | undefined;
  readonly overloaded: () => void;
  /** A key behaves as it did not before: half for ten minutes, of the limits that say so. */
  readonly flag: (key: string) => void;
  readonly list: (top: number) => readonly LimitReading[];
}

const bucketsMax = 1_000_000;
const flagMs = 600_000;
const flagsMax = 10_000;
const flaggedShare = 0.5;
/** So much longer than true, by chance: not all that were told the same come back at once. */
const jitterShare = 0.1;

export function createRateLimits({
  clock,
  random,
  counted,
}: {
  readonly clock: Clock;
  readonly random: Random;
  readonly counted: (limit: string, result: "admitted" | "limited" | "too_large") => void;
}): RateLimits {
  /** Wall time that does not step. */
  const startedAt = clock.now() - clock.monotonic();
  const nowMs = (): number => startedAt + clock.monotonic();
  const now = (): number => microsOf(nowMs());
  let states: ReadonlyMap<string, LimitState> = new Map();
  let index: LimitIndex = createLimitIndex([]);
  const flags = new Map<string, number>();

  const isFlagged = (key: string | undefined): boolean => {
    const until = key === undefined || flags.size === 0 ? undefined : flags.get(key);
    return until !== undefined && until > nowMs();
  };
  const push = (charges: Charge[], state: LimitState | undefined, ask: LimitAsk, cost?: number): void => {
    if (state === undefined) return;
    const scope = scopeOf(state.limit.scope, ask.subject);
    const amount = cost ?? amountOf(state.limit.unit, ask.amounts);
    if (scope === undefined || amount === undefined) return;
    const isHalf = state.limit.halvedOnAnomaly === true && isFlagged(ask.subject.key);
    charges.push({
      ...{ state, scope, cost: amount },
      ...(cost === undefined ? {} : { isFixed: true }),
      ...(isHalf ? { share: flaggedShare } : {}),
    });
  };
  const chargesOf = (ask: LimitAsk): Charge[] => {
    const charges: Charge[] = [];
    for (const id of index.of(ask.subject)) push(charges, states.get(id), ask);
    for (const { id, cost } of ask.extra ?? []) {
      const known = charges.findIndex(({ state }) => state.limit.id === id);
      const [before] = known < 0 ? [] : charges.splice(known, 1);
      push(charges, states.get(id), ask, cost ?? (before?.isFixed === true ? before.cost : undefined));
    }
    return charges;
  };
  return {
    configure: (limits) => {
      const at = now();
      states = new Map(
        limits.map((limit) => {
          const before = states.get(limit.id);
          const isSame = before?.limit.unit === limit.unit && sameScope(before.limit, limit);
          return [
            limit.id,
            before && isSame ? succeed(before, limit, at) : createLimitState(limit, bucketsMax),
          ];
        }),
      );
      index = createLimitIndex(limits);
    },
    isEmpty: () => states.size === 0,
    admit: (ask) => {
      const charges = chargesOf(ask);
      if (charges.length === 0) return undefined;
      const at = now();
      const verdict = admitAll(charges, at, at + ask.holdMs * 1000);
      if (verdict.kind === "admitted") {
        for (const { state } of charges) counted(state.limit.id, "admitted");
        return passed(verdict.hold, now);
      }
      counted(verdict.charge.state.limit.id, verdict.kind === "refused" ? "limited" : "too_large");
      if (verdict.kind === "too-large") throw tooLarge(verdict.charge, verdict.burst);
      const waitMs = verdict.waitMs * (1 + jitterShare * uniformOf(random.bytes));
      throw limited(verdict.charge, Math.ceil(waitMs));
    },
    standingsOf: (ask) => chargesOf(ask).map((charge) => standingOf(charge, now())),
    debit: (ask) => {
      const charges = chargesOf(ask);
      debitAll(charges, now());
      const verdict = owedBy(charges, now());
      return verdict === undefined ? undefined : limited(verdict.charge, Math.ceil(verdict.waitMs));
    },
    overloaded: () => {
      for (const { limit, factor } of states.values())
        if (limit.adaptive !== undefined) factor.overloaded(now() / 1000);
    },
    flag: (key) => {
      if (flags.size >= flagsMax)
        for (const [known, until] of flags) if (until <= nowMs()) flags.delete(known);
      if (flags.size < flagsMax || flags.has(key)) flags.set(key, nowMs() + flagMs);
    },
    list: (top) => [...states.values()].map((state) => readLimit(state, now(), top)),
  };
}

const passed = ({ charges, settle, cancel }: Hold, now: () => number): Passed => ({
  standings: () => charges.map((charge) => standingOf(charge, now())),
  settle: (actual) =>
    settle(
      ({ state, cost, isFixed }) =>
        isFixed === true ? cost : amountOf(state.limit.unit, { requests: 1, ...actual }),
      now(),
    ),
  cancel: () => cancel(now()),
  tried: (wasThrottled) => {
    for (const { state } of charges)
      if (state.limit.adaptive !== undefined) state.factor.tried(wasThrottled, now() / 1000);
  },
});

const sameScope = (left: Limit, right: Limit): boolean => left.scope.join() === right.scope.join();

const tooLarge = ({ state: { limit }, cost }: Charge, burst: number): GatewayError =>
  new GatewayError(
    "request_too_large",
    `${cost} ${limit.unit} of the limit ${limit.id}, which holds ${burst}`,
    {
      message: `The request asks for ${cost} ${limit.unit}, and the limit \`${limit.id}\` never has more than ${burst}.`,
      reason: limit.id,
    },
  );

const limited = ({ state: { limit }, scope, cost, share }: Charge, retryAfterMs: number): GatewayError =>
  new GatewayError("rate_limited", `${cost} ${limit.unit} of the limit ${limit.id} by ${scope}`, {
    message: `The limit \`${limit.id}\` of ${printLimit(limit)} is used up. Try again in ${Math.ceil(retryAfterMs / 1000)} s.`,
    retryAfterMs,
    reason: limit.id,
    quota: { policies: [limit.id], isAbnormal: share !== undefined },
  });

const printLimit = ({ limit, unit, perMs }: Limit): string =>
  unit === "concurrent"
    ? `${limit} at the same time`
    : `${limit} ${unit.replaceAll("_", " ")} in ${perMs / 1000} s`;
