/** How a cursor opens again once there is nothing that speaks against it. Times are ms of one clock. */
export interface Recovery {
  /** A window in which nothing was late. @returns What may come in beside what did, as a share of that. */
  readonly calm: (window: { readonly from: number; readonly at: number }, perMs: number) => number;
  /** It is not known how that window was. */
  readonly unsure: () => void;
  /** A window after which less comes in. @returns What came in for each ms before the last leap, if it was that that was too much. */
  readonly busy: () => number | undefined;
  /** Nobody is refused. */
  readonly open: (at: number) => void;
}

const windowMs = 1000;
/** So long all has to be calm before the first leap; after each that was too much, four times as long. */
const patienceMs = 2000;
const patienceTimes = 4;
const patienceMaxMs = 32_000;
const leap = 0.5;
const leapMax = 2;
/** Who has been open for so long begins anew. */
const forgetsAfterMs = 10_000;

/**
 * A hundredth a second would take a minute and a half after a stall of seconds. After two calm seconds half as much again
 * comes in, then twice, then three times. Where that was too much it is taken back, and not tried again soon: in an overload
 * that lasts there are moments of calm, too.
 */
export function createRecovery(): Recovery {
  const never = Number.POSITIVE_INFINITY;
  let patience = patienceMs;
  let calmSince = never;
  let openSince = never;
  /** Of the leap that the last window saw the end of. */
  let leaptFrom: number | undefined;
  return {
    calm: ({ from, at }, perMs) => {
      calmSince = Math.min(calmSince, from);
      leaptFrom = undefined;
      const leaps = Math.floor((at - calmSince - patience) / windowMs);
      if (leaps < 0) return 0;
      leaptFrom = perMs;
      return Math.min(leapMax, leap * 2 ** leaps) * Math.min(1, (at - from) / windowMs);
    },
    unsure: () => {
      calmSince = never;
      leaptFrom = undefined;
    },
    busy: () => {
      const before = leaptFrom;
      if (before !== undefined) patience = Math.min(patienceMaxMs, patienceTimes * patience);
      calmSince = never;
      openSince = never;
      leaptFrom = undefined;
      return before;
    },
    open: (at) => {
      // What comes then is no more than what is wanted.
      if (openSince < at) leaptFrom = undefined;
      openSince = Math.min(openSince, at);
      if (at - openSince >= forgetsAfterMs) patience = patienceMs;
    },
  };
}
