import type { Milliseconds } from "../kernel/units.ts";

/** Gives a pending timer back. Calling it twice, or after it fired, does nothing. */
export type CancelTimer = () => void;

/** Runs something later. Never keeps the process alive. Implementations: `platform/system`, `platform/memory` (virtual). */
export interface Timer {
  readonly after: (span: Milliseconds, task: () => void) => CancelTimer;
  readonly every: (span: Milliseconds, task: () => void) => CancelTimer;
}
