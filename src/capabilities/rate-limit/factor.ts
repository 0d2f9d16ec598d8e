/** How much of a limit is in force, by what was seen of its upstreams in windows of five seconds. */
export interface Factor {
  /** Above 0, at most 1. */
  readonly value: (nowMs: number) => number;
  /** An upstream was asked. */
  readonly tried: (wasThrottled: boolean, nowMs: number) => void;
  /** Requests were shed, or the gateway is about to. */
  readonly overloaded: (nowMs: number) => void;
}

const windowMs = 5000;
const throttledShareMax = 0.05;
const down = 0.8;
const up = 0.05;

/**
 *     a window with more than 5 % of its tries throttled, or an overload:   f = max(floor, 0.8 f)
 *     any other:                                                          f = min(1, f + 0.05)
 *
 * Times are ms of one clock. Windows begin with the first event; those in which nothing happened are quiet ones.
 */
export function createFactor(floor: number): Factor {
  let factor = 1;
  let from = Number.NaN;
  let tries = 0;
  let throttled = 0;
  let isOverloaded = false;

  const close = (nowMs: number): void => {
    if (Number.isNaN(from)) from = nowMs;
    const windows = Math.floor((nowMs - from) / windowMs);
    if (windows < 1) return;
    from += windows * windowMs;
    const isLoud = isOverloaded || throttled > throttledShareMax * tries;
    const quiet = isLoud ? windows - 1 : windows;
    if (isLoud) factor = Math.max(floor, down * factor);
    factor = Math.min(1, factor + quiet * up);
    tries = 0;
    throttled = 0;
    isOverloaded = false;
  };
  return {
    value: (nowMs) => {
      if (factor < 1 || throttled > 0 || isOverloaded) close(nowMs);
      return factor;
    },
    tried: (wasThrottled, nowMs) => {
      close(nowMs);
      tries += 1;
      if (wasThrottled) throttled += 1;
    },
    overloaded: (nowMs) => {
      close(nowMs);
      isOverloaded = true;
    },
  };
}
