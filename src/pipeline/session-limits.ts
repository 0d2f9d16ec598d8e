import { elapsed, type Milliseconds, milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { CancelTimer, Timer } from "../ports/timer.ts";

/** How long a connection may be still, and how long it may live. */
export interface SessionLimits {
  readonly idle: Milliseconds;
  readonly lifetime: Milliseconds;
}

export interface SessionWatch {
  /** Something went over the connection. */
  readonly touch: () => void;
  /** From now on this silence ends it, if it is shorter. */
  readonly shorten: (idle: Milliseconds) => void;
  readonly age: () => Milliseconds;
  readonly stop: () => void;
}

/**
 * Tells once when a connection was still or alive for too long: one timer for both, and none is set by `touch`.
 * @param isBusy Whether it may be still for now, because something is under way; absent: never.
 */
export function watchSession(
  limits: SessionLimits,
  { clock, timer, isBusy }: { readonly clock: Clock; readonly timer: Timer; readonly isBusy?: () => boolean },
  over: (limit: "idle" | "lifetime") => void,
): SessionWatch {
  const startedAt = clock.monotonic();
  let touchedAt = startedAt;
  let idle: number = limits.idle;
  let cancel: CancelTimer = () => undefined;
  const age = (): Milliseconds => elapsed(startedAt, clock.monotonic());
  const look = (): void => {
    if (isBusy?.() === true) touchedAt = clock.monotonic();
    const idleLeft = idle - elapsed(touchedAt, clock.monotonic());
    const lifeLeft = limits.lifetime - age();
    if (lifeLeft <= 0) return over("lifetime");
    if (idleLeft <= 0) return over("idle");
    cancel = timer.after(milliseconds(Math.min(idleLeft, lifeLeft)), look);
  };
  look();
  return {
    touch: () => {
      touchedAt = clock.monotonic();
    },
    shorten: (span) => {
      idle = Math.min(idle, span);
      cancel();
      look();
    },
    age,
    stop: () => cancel(),
  };
}
