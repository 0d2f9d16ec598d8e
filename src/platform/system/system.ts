import { randomFillSync } from "node:crypto";
import { epochMs, type Milliseconds, milliseconds, monotonicMs } from "../../kernel/units.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Random } from "../../ports/random.ts";
import type { CancelTimer, Timer } from "../../ports/timer.ts";

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

/** The longest that a timer of the event loop can be: 24.8 days. A longer one would fire at once. */
const spanMax = milliseconds(2 ** 31 - 1);

const after: Timer["after"] = (span, task) => {
  if (span > spanMax) return afterLong(span, task);
  const timeout = setTimeout(task, span).unref();
  return () => clearTimeout(timeout);
};

function afterLong(span: Milliseconds, task: () => void): CancelTimer {
  let cancel = after(spanMax, () => {
    cancel = after(milliseconds(span - spanMax), task);
  });
  return () => cancel();
}

/** The event loop's timers; none of them keeps the process alive. */
export const systemTimer: Timer = {
  after,
  every: (span, task) => {
    const interval = setInterval(task, span).unref();
    return () => clearInterval(interval);
  },
};
