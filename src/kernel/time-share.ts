import { elapsed, type MonotonicMs } from "./units.ts";

/** Time for work that nobody waits for, so that it never takes what requests need. */
export interface TimeShare {
  /** Does it if there is time. @returns Whether there was. */
  readonly spend: (work: () => void) => boolean;
}

/**
 * @param share Of all time that passes, 0 to 1, what such work may take.
 * @param savedMsMax So much is kept for a burst. The last work of it may take longer: it is paid for afterwards.
 */
export function createTimeShare(
  { share, savedMsMax }: { readonly share: number; readonly savedMsMax: number },
  monotonic: () => MonotonicMs,
): TimeShare {
  let savedMs = savedMsMax;
  let at = monotonic();
  return {
    spend: (work) => {
      const from = monotonic();
      savedMs = Math.min(savedMsMax, savedMs + share * elapsed(at, from));
      at = from;
      if (savedMs <= 0) return false;
      try {
        work();
      } finally {
        savedMs -= elapsed(from, monotonic());
      }
      return true;
    },
  };
}
