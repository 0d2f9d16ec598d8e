import type { EpochMs, MonotonicMs } from "../kernel/units.ts";

/** Tells the time. Implementations: `platform/system`, `platform/memory` (virtual). */
export interface Clock {
  /** The wall clock; may step. */
  readonly now: () => EpochMs;
  /** A clock that never steps back, for measuring spans. */
  readonly monotonic: () => MonotonicMs;
}
