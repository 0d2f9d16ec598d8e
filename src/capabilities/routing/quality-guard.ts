import { createPairedBound, type PairedBoundState } from "../../statistics/paired-bound.ts";

/** What a pool that learns promises of its answers, held against those of its reference. */
export interface GuardRules {
  /** So much worse, on average, they may be: 0 to 1. */
  readonly tolerance: number;
  /** Of the requests that are held against the reference. */
  readonly share: number;
  /** What that may cost in a day, US dollars. */
  readonly usdPerDay: number;
}

/** How it stands; times are ms since 1970. */
export interface GuardState {
  /** `guarded`: the pool was found to be worse than it may be, and its reference serves. */
  readonly phase: "active" | "guarded";
  readonly since: number;
  /** What was compared since the comparison began. */
  readonly pairs: number;
  readonly begunAt: number;
  /** By how much the pool's answers were better than its reference's, on average: -1 to 1. */
  readonly difference: number;
  /** They are not better than this, but with a probability of 1 %. */
  readonly upper: number;
}

export interface KeptGuard {
  readonly phase: GuardState["phase"];
  readonly since: number;
  readonly begunAt: number;
  readonly revision: string;
  readonly bound: PairedBoundState;
}

/** Watches one pool. Owned by whoever compares. */
export interface QualityGuard {
  /** @returns True: the pool is guarded from now on, and was not before. */
  readonly note: (difference: number, rules: Pick<GuardRules, "tolerance">) => boolean;
  readonly isGuarded: () => boolean;
  /** By an operator's word. */
  readonly set: (phase: GuardState["phase"]) => void;
  /** What the pool is made of: another revision is compared anew. */
  readonly revised: (revision: string) => void;
  readonly state: () => GuardState;
  readonly kept: () => KeptGuard;
}

const alpha = 0.01;
const guardedMs = 24 * 3_600_000;
const epochMs = 7 * guardedMs;

/**
 * A pool whose answers are shown to be worse than its reference's by more than it may be is served by the reference: until an
 * operator resumes it, or for a day. Comparisons begin anew each week and with each revision of the pool, so that what is long
 * past neither hides a loss nor lasts for ever.
 *
 * Source: routing specification, section 3.6, G2.
 *
 * @param now ms since 1970.
 */
export function createQualityGuard(now: () => number, from?: KeptGuard): QualityGuard {
  let { phase, since, begunAt, revision } = from ?? {
    phase: "active",
    since: now(),
    begunAt: now(),
    revision: "",
  };
  let bound = createPairedBound(alpha, from?.bound);
  const begin = (): void => {
    bound = createPairedBound(alpha);
    begunAt = now();
  };
  const enter = (next: GuardState["phase"]): void => {
    phase = next;
    since = now();
    if (next === "active") begin();
  };
  const catchUp = (): void => {
    if (phase === "guarded" && now() - since >= guardedMs) enter("active");
    else if (phase === "active" && now() - begunAt >= epochMs) begin();
  };
  return {
    note: (difference, { tolerance }) => {
      catchUp();
      if (phase === "guarded") return false;
      bound.note(difference);
      if (bound.upper() >= -tolerance) return false;
      enter("guarded");
      return true;
    },
    isGuarded: () => {
      catchUp();
      return phase === "guarded";
    },
    set: enter,
    revised: (next) => {
      if (next === revision) return;
      if (revision !== "") enter("active");
      revision = next;
    },
    state: () => {
      catchUp();
      return {
        phase,
        since,
        pairs: bound.count(),
        begunAt,
        difference: bound.mean(),
        upper: bound.upper(),
      };
    },
    kept: () => ({ phase, since, begunAt, revision, bound: bound.state() }),
  };
}
