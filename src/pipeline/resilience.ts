import type { UpstreamFailure } from "../exchange/failure.ts";
import type { Upstream } from "../exchange/target.ts";
import type { FailureClass } from "./failure-class.ts";

/** What is done for a stream that breaks after its client has read of it. */
export type RecoveryMode = "continue" | "verified-restart";

/** What copies of late requests may cost. */
export interface HedgeRules {
  /** When one is late; absent: later than nineteen of twenty. */
  readonly afterMs?: number;
  /** Copies for each request. */
  readonly budget: number;
  readonly usdPerHour?: number;
}

/** How long a request is waited for, and how often it is tried: one pool's rules. Times are ms. */
export interface ResilienceRules {
  readonly timeouts: {
    /** From the request to the first word of a stream. */
    readonly firstMs: number;
    readonly firstReasoningMs: number;
    /** More of it for each thousand tokens of the prompt. */
    readonly firstPerKiloTokenMs: number;
    /** Between two words of a stream. */
    readonly idleMs: number;
    readonly idleReasoningMs: number;
    /** From the request to the end of a whole answer. */
    readonly wholeMs: number;
    /** Whether others are asked before that where a first word is later than ever, as far as is known. */
    readonly learnFirst: boolean;
    /** From the arrival of the client's request to the end of its answer. */
    readonly totalMs: number;
  };
  readonly retry: {
    readonly perTarget: number;
    readonly total: number;
    /** Longest wait for a rate limit before another target is asked. */
    readonly waitForRetryAfterMs: number;
  };
  /** Which failures lead to another model. */
  readonly fallbackOn: ReadonlySet<FailureClass["name"]>;
  /** Longest wait when every target is cooling down. */
  readonly cooldownMaxWaitMs: number;
  /** In this order; none: the stream ends in an error. */
  readonly recovery: readonly RecoveryMode[];
  /** When a late request is sent a second time; `undefined`: never. */
  readonly hedge: HedgeRules | undefined;
  /** How much of a stream is kept back at its start, where a failure can still be hidden. */
  readonly hold: { readonly ms: number; readonly bytes: number } | "all" | undefined;
}

/** How one try is paid for: `again` at the same target, `over` to the first other one, `further` to any more. */
export type TryKind = "again" | "over" | "further";

/** Knows when targets may be asked again: `capabilities/retry`. All spans are ms. */
export interface Retrier {
  /** A request is made to this target first: what its budget is counted by. */
  readonly begun: (target: Upstream) => void;
  /** Whether the budget has this try; takes it. */
  readonly mayTry: (target: Upstream, kind: TryKind) => boolean;
  /** Whether the budget has this try; takes nothing. */
  readonly couldTry: (target: Upstream, kind: TryKind) => boolean;
  /** For how long others are to be asked first; 0: it is as good as any. */
  readonly coolsFor: (target: Upstream) => number;
  /** For how long it must not be asked; 0: it may be, if nobody else can. */
  readonly waitsFor: (target: Upstream) => number;
  /** What a failure says of the calls after it. */
  readonly failed: (target: Upstream, failure: UpstreamFailure) => void;
  /** The head of a good answer: its counters may be used up. `tookMs`: absent where it is not comparable. */
  readonly answered: (target: Upstream, headers: ReadonlyMap<string, string>, tookMs?: number) => void;
  /** When the first word of a stream is so late that others are asked, if there are any; `undefined`: not known. */
  readonly firstLimitMs: (target: Upstream, promptBytes: number) => number | undefined;
  /** It came after `ms`, or had not come by then when it was given up for a quicker one. */
  readonly firstCame: (target: Upstream, promptBytes: number, ms: number) => void;
  /** It was given up at that limit. */
  readonly firstMissed: (target: Upstream, promptBytes: number, ms: number) => void;
  /** How long its good answers usually take; `undefined`: not known. */
  readonly usualMs: (target: Upstream) => number | undefined;
  /** How long to wait before the n-th try in a row (from 1) at one target. */
  readonly backoffMs: (tries: number) => number;
}
