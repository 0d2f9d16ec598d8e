import type { Upstream } from "../exchange/target.ts";

/** How long a target took: to the first event of a stream, or to the end of a whole answer. */
export interface Took {
  readonly of: "first" | "total";
  readonly ms: number;
  /** Below this nothing is slow. */
  readonly slowFloorMs: number;
}

/** A call that was let through. Its end is told once, by one of the first four; more calls of them do nothing. */
export interface GuardedCall {
  /** `took`: absent where it is not comparable. */
  readonly succeeded: (took?: Took) => void;
  /** By the target's fault. `retryAfterMs`: it said when to come back. */
  readonly failed: (retryAfterMs?: number) => void;
  /** It was given up for a quicker one: it would have taken longer than this. */
  readonly outrun: (took: Took) => void;
  /** It says nothing of the target. */
  readonly dropped: () => void;
  /** What was told as a success broke off later. */
  readonly broke: () => void;
}

/** The circuit breakers as door 8 asks them. */
export interface Guard {
  /** Whether the target takes calls at the moment. */
  readonly isAvailable: (target: Upstream) => boolean;
  /** After how long one in twenty of its calls is still without a word, or an end, ms; `undefined`: not known yet. */
  readonly lateAfterMs: (target: Upstream, of: Took["of"]) => number | undefined;
  /** Whether it is better asked last: new, at a provider most of whose targets fail. */
  readonly isSuspect: (target: Upstream) => boolean;
  /** `hasOther`: whether somebody else could serve the request at hand. */
  readonly admit: (
    target: Upstream,
    hasOther: () => boolean,
  ) =>
    | { readonly kind: "permitted"; readonly call: GuardedCall }
    | { readonly kind: "refused"; readonly retryAfterMs: number };
}
