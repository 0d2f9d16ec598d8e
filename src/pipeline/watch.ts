import { milliseconds } from "../kernel/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { Timer } from "../ports/timer.ts";

/** How long one try may take, ms. */
export interface TryLimits {
  /** To the first word of a stream, or the end of a whole answer. */
  readonly firstMs: number;
  /** A shorter limit than `firstMs` for who is not alone; `leave`, called when it is over: whether the try is given up. */
  readonly early?: { readonly ms: number; readonly leave: () => boolean };
  /** Told once, when the first word of a stream comes: after how many ms. */
  readonly onFirst?: (ms: number) => void;
  /** Between two words of a stream. */
  readonly idleMs: number;
  /** To the deadline of the request. */
  readonly leftMs: number;
}

/** `early`: before the first word, at the limit that was learned. */
export type Phase = "first" | "early" | "idle" | "total";

/** Watches the time of one try. Every function may be called at any time, and does nothing after the end. */
export interface Watch {
  /** The first word has come: from now on it is the silence between words that counts. */
  readonly begin: () => void;
  /** A word has come. */
  readonly touch: () => void;
  /** While the client does not read, no silence is the upstream's. */
  readonly rest: () => void;
  readonly end: () => void;
}

/** Long spans end a little late, so that all of about one length are one list of timers: a list of each costs microseconds. */
function rounded(ms: number): number {
  if (ms > 60_000) return Math.ceil(ms / 1000) * 1000;
  return ms > 5000 ? Math.ceil(ms / 100) * 100 : Math.max(1, Math.ceil(ms));
}

/** A timer that fires so much later than it was set for was held up by the process itself. */
const heldUpMs = 50;
const oneTurnMs = 1;

/**
 * One timer, set anew only when it fires: words only move the moment that it compares with. Pings and comments are no
 * words, so an upstream that sends nothing else is silent. Where the process was held up itself, what has come meanwhile is
 * read first: its own hiccup is not an upstream's silence.
 */
export function createWatch(
  { clock, timer }: { readonly clock: Clock; readonly timer: Timer },
  { firstMs, early, onFirst, idleMs, leftMs }: TryLimits,
  onTime: (phase: Phase, afterMs: number) => void,
): Watch {
  const startedAt: number = clock.monotonic();
  const deadlineAt = startedAt + leftMs;
  let limitAt = startedAt + (early?.ms ?? firstMs);
  let phase: Phase = early === undefined ? "first" : "early";
  let isOver = false;
  let wasHeldUp = false;
  let dueAt = 0;
  let cancel = (): void => {};

  const armIn = (now: number, ms: number): void => {
    dueAt = now + ms;
    cancel = timer.after(milliseconds(ms), check);
  };
  const arm = (now: number): void => {
    wasHeldUp = false;
    armIn(now, rounded(Math.min(limitAt, deadlineAt) - now));
  };
  const check = (): void => {
    if (isOver) return;
    const now: number = clock.monotonic();
    if (now < limitAt && now < deadlineAt) {
      arm(now);
      return;
    }
    // Timers run before what waits to be read.
    if (now - dueAt > heldUpMs && !wasHeldUp) {
      wasHeldUp = true;
      armIn(now, oneTurnMs);
      return;
    }
    if (phase === "early" && now < deadlineAt && early?.leave() === false) {
      phase = "first";
      limitAt = startedAt + firstMs;
      check();
      return;
    }
    isOver = true;
    if (now >= deadlineAt) onTime("total", leftMs);
    else onTime(phase, phase === "idle" ? idleMs : limitAt - startedAt);
  };
  arm(startedAt);
  return {
    begin: () => {
      if (isOver || phase === "idle") return;
      phase = "idle";
      const now: number = clock.monotonic();
      limitAt = now + idleMs;
      cancel();
      arm(now);
      onFirst?.(now - startedAt);
    },
    touch: () => {
      if (isOver || phase !== "idle") return;
      const wasResting = limitAt === Number.POSITIVE_INFINITY;
      const now: number = clock.monotonic();
      limitAt = now + idleMs;
      if (!wasResting) return;
      cancel();
      arm(now);
    },
    rest: () => {
      if (phase === "idle") limitAt = Number.POSITIVE_INFINITY;
    },
    end: () => {
      isOver = true;
      cancel();
    },
  };
}
