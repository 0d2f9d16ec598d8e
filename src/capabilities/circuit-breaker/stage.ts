import { uniformOf } from "../../kernel/uniform.ts";
import { elapsed, monotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import { addTime, createUsualTime } from "../../statistics/usual-time.ts";
import { admit } from "./admit.ts";
import {
  type Breaker,
  calmMs,
  isAvailable,
  type Mode,
  type Moment,
  openAsBefore,
  type Rules,
  retryAfterMsMax,
  setMode,
  type Took,
  usualRules,
} from "./breaker.ts";
import { type Change, createScopes, type Scope } from "./breakers.ts";
import { type KeptBreaker, type KeptBreakers, type KeptOpen, readKept } from "./kept-state.ts";
import { type BreakerState, stateOf } from "./read-model.ts";
import { broke, dropped, failed, succeeded } from "./record.ts";
import type { TargetName } from "./rules.ts";

/** A call that a breaker has let through; its end is told once, by one of the first four. */
export interface GuardedCall {
  /** It answers. `broke` may still follow, when the rest of the answer does not come. */
  readonly succeeded: (took?: Took) => void;
  /** By the target's fault. */
  readonly failed: (retryAfterMs?: number) => void;
  /** It was given up for a quicker one: it would have taken longer than this. */
  readonly outrun: (took: Took) => void;
  /** It says nothing of the target. Harmless after the others. */
  readonly dropped: () => void;
  readonly broke: () => void;
}

export type Guarded =
  | { readonly kind: "permitted"; readonly call: GuardedCall }
  | { readonly kind: "refused"; readonly retryAfterMs: number };

/** Door 8's circuit breakers: memory of this process, but for what `kept` tells. */
export interface CircuitBreakers {
  /** Whether the target takes calls: it is not open, nor only looked at. */
  readonly isAvailable: (target: TargetName) => boolean;
  /** After how long one in twenty of its calls is still without a word, or an end, ms; `undefined`: not known yet. */
  readonly lateAfterMs: (target: TargetName, of: Took["of"]) => number | undefined;
  /** New at a provider most of whose targets are open: to be asked last. */
  readonly isSuspect: (target: TargetName) => boolean;
  readonly admit: (target: TargetName, hasOther: () => boolean) => Guarded;
  readonly states: () => readonly BreakerState[];
  readonly setMode: (target: TargetName, mode: Mode) => BreakerState;
  /** What must outlive the process: modes set by hand, and who is open; `undefined`: there has been nothing of it. */
  readonly kept: () => KeptBreakers | undefined;
  /**
   * Goes on from what was stored, as far as `isKnown` knows its targets. An open breaker stays open until its time is
   * over, as it would have; what was open longer ago is as good as new. False: it is none of ours.
   */
  readonly restore: (stored: unknown, isKnown: (target: TargetName) => boolean) => boolean;
}

export interface BreakerPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** Read at each call: a reload changes it. */
  readonly rulesOf: (target: TargetName) => Rules;
  readonly onChange: (target: TargetName, change: Change) => void;
}

const changesMax = 20;
/** More is not stored: so many breakers are no operator's doing. */
const keptMax = 10_000;

export function createCircuitBreakers(ports: BreakerPorts): CircuitBreakers {
  const { clock } = ports;
  const scopes = createScopes();
  const uniform = (): number => uniformOf(ports.random.bytes);
  const noted = <Result>(scope: Scope, act: (breaker: Breaker) => Result): Result => {
    const { breaker } = scope;
    const { epoch, phase } = breaker;
    const result = act(breaker);
    if (breaker.epoch !== epoch) {
      const change = { at: clock.now(), from: phase, to: breaker.phase, reason: breaker.reason ?? null };
      scope.changes = [change, ...scope.changes].slice(0, changesMax);
      ports.onChange(scope.target, change);
    }
    return result;
  };
  const momentOf = (target: TargetName, hasOther: () => boolean): Moment => ({
    rules: ports.rulesOf(target),
    now: clock.monotonic(),
    hasOther,
    random: uniform,
  });
  const wallOf = (at: number): number => clock.now() + elapsed(clock.monotonic(), monotonicMs(at));
  const shown = (scope: Scope): BreakerState => stateOf(scope, clock.monotonic(), wallOf);
  let wasKept = false;
  const reopen = (target: TargetName, { until, relapses, reason }: KeptOpen): void => {
    const now = clock.monotonic();
    const leftMs = until - clock.now();
    if (leftMs <= -calmMs) return;
    // The wall clock may have been set back meanwhile.
    const open = { until: now + Math.min(leftMs, retryAfterMsMax), relapses, reason };
    noted(scopes.of(target, now), (breaker) => openAsBefore(breaker, open, now));
  };
  return {
    isAvailable: (target) => {
      const scope = scopes.find(target);
      return (
        scope === undefined ||
        noted(scope, (breaker) => isAvailable(breaker, ports.rulesOf(target), clock.monotonic()))
      );
    },
    lateAfterMs: (target, of) => scopes.find(target)?.breaker.usual[of]?.lateMs,
    isSuspect: (target) =>
      scopes.find(target) === undefined && isTroubled(scopes.ofProvider(target.provider)),
    admit: (target, hasOther) => {
      const now = clock.monotonic();
      const scope = scopes.of(target, now);
      const admission = noted(scope, (breaker) => admit(breaker, momentOf(target, hasOther)));
      if (admission.kind === "refused")
        return { kind: "refused", retryAfterMs: Math.max(0, admission.retryAt - now) };
      const { permit } = admission;
      let isTold = false;
      const tell = (act: (breaker: Breaker) => void): void => {
        if (isTold) return;
        isTold = true;
        noted(scope, act);
      };
      return {
        kind: "permitted",
        call: {
          succeeded: (took) =>
            tell((breaker) => succeeded(breaker, permit, took, momentOf(target, hasOther))),
          failed: (retryAfterMs) =>
            tell((breaker) => failed(breaker, permit, retryAfterMs, momentOf(target, hasOther))),
          outrun: ({ of, ms }) =>
            tell((breaker) => {
              addTime((breaker.usual[of] ??= createUsualTime()), usualRules, clock.monotonic(), ms);
              dropped(breaker, permit);
            }),
          dropped: () => tell((breaker) => dropped(breaker, permit)),
          broke: () => noted(scope, (breaker) => broke(breaker, permit, momentOf(target, hasOther))),
        },
      };
    },
    states: () => Array.from(scopes.all(), shown),
    setMode: (target, mode) => {
      const scope = scopes.of(target, clock.monotonic());
      noted(scope, (breaker) => setMode(breaker, mode, clock.monotonic()));
      return shown(scope);
    },
    kept: () => {
      const breakers = [...scopes.all()].flatMap((scope) => keptOf(scope, wallOf)).slice(0, keptMax);
      wasKept ||= breakers.length > 0;
      return wasKept ? { version: 1, breakers } : undefined;
    },
    restore: (stored, isKnown) => {
      const read = readKept(stored);
      if (read === undefined) return false;
      wasKept = true;
      for (const { provider, model, mode, open } of read.breakers) {
        const target = { provider, model };
        if (!isKnown(target)) continue;
        if (open !== undefined) reopen(target, open);
        if (mode !== "auto") scopes.of(target, clock.monotonic()).breaker.mode = mode;
      }
      return true;
    },
  };
}

/** What is stored of one: nothing of a breaker that is well and that nobody has touched. */
function keptOf(
  { target, breaker: { mode, phase, until, relapses, reason } }: Scope,
  wallOf: (at: number) => number,
): readonly KeptBreaker[] {
  const isOpen = phase === "open" || phase === "half_open";
  if (mode === "auto" && !isOpen) return [];
  const open = { until: Math.max(0, wallOf(until)), relapses, ...(reason === undefined ? {} : { reason }) };
  return [{ ...target, mode, ...(isOpen ? { open } : {}) }];
}

/** Whether at least two, and half, of these targets of a provider are open. */
function isTroubled(scopes: Iterable<Scope>): boolean {
  let all = 0;
  let open = 0;
  for (const { breaker } of scopes) {
    all += 1;
    if (breaker.phase === "open" || breaker.phase === "half_open") open += 1;
  }
  return open >= 2 && open * 2 >= all;
}
