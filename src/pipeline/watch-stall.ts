import type { Milliseconds } from "../kernel/units.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";

/** What a peer is told that reads slower than it may. */
export const tooSlow = { code: 1013, reason: "too slow" } as const;

/**
 * Tells once when a peer for which more waits than may has taken nothing of it for a whole `stall`; one that takes
 * little by little is left alone.
 *
 * @returns How one asks to be told no more.
 */
export function watchStall(
  waitingBytes: () => number,
  { stall, timer }: { readonly stall: Milliseconds; readonly timer: Timer },
  stalled: () => void,
): CancelTimer {
  let cancel: CancelTimer = () => undefined;
  const look = (): void => {
    const waiting = waitingBytes();
    cancel = timer.after(stall, () => (waitingBytes() < waiting ? look() : stalled()));
  };
  look();
  return () => cancel();
}
