import { randomFillSync } from "node:crypto";
import { epochMs, monotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { Timer } from "../../ports/timer.ts";

/** The machine's clocks. */
export const systemClock: Clock = {
  now: () => epochMs(Date.now()),
  monotonic: () => monotonicMs(performance.now()),
};

const poolBytes = 8192;

/** The machine's cryptographic random bytes, drawn in pools: a system call for each request would cost more than all doors. */
export function systemRandom(): Random {
  let pool = new Uint8Array(poolBytes);
  let used = poolBytes;
  return {
    bytes: (length) => {
      if (length > poolBytes) return randomFillSync(new Uint8Array(length));
      if (used + length > poolBytes) {
        pool = randomFillSync(new Uint8Array(poolBytes));
        used = 0;
      }
      used += length;
      return pool.subarray(used - length, used);
    },
  };
}

/** The event loop's timers; none of them keeps the process alive. */
export const systemTimer: Timer = {
  after: (span, task) => {
    const timeout = setTimeout(task, span).unref();
    return () => clearTimeout(timeout);
  },
  every: (span, task) => {
    const interval = setInterval(task, span).unref();
    return () => clearInterval(interval);
  },
};
