/** What copies of late requests may cost. */
export interface HedgeRules {
  /** When a request is late, ms; absent: later than nineteen of twenty. */
  readonly afterMs?: number;
  /** Copies for each request. */
  readonly budget: number;
  /** US dollars of an hour; absent: what the budget comes to. */
  readonly usdPerHour?: number;
}

/** Whether a late request may be sent a second time. All of it is memory of this process. */
export interface Hedges {
  /** A request of a pool that hedges begins. */
  readonly begun: (rules: HedgeRules) => void;
  /** Takes a copy out of the budget. @param costNanoUsd What it is expected to cost; `null`: nobody knows. */
  readonly take: (rules: HedgeRules, costNanoUsd: number | null) => boolean;
  /** Requests are refused for want of room: none is copied for a while. */
  readonly shed: () => void;
}

const savedMax = 10;
const shedMs = 10_000;
const hourMs = 3_600_000;
const nanoUsdPerUsd = 1e9;

/**
 * Each request pays its share of a copy, so that copies stay a share of the traffic however late all of it is; at most
 * ten are saved up.
 *
 * Source: resilience specification, part 7; the deposit after Finagle's retry budget.
 *
 * @param now ms of a clock that never goes back.
 */
export function createHedges(now: () => number): Hedges {
  let saved = 0;
  let shedAt = Number.NEGATIVE_INFINITY;
  let hour = -1;
  let spentNanoUsd = 0;
  return {
    begun: ({ budget }) => {
      saved = Math.min(savedMax, saved + budget);
    },
    take: ({ usdPerHour }, costNanoUsd) => {
      const at = now();
      if (saved < 1 || at - shedAt < shedMs) return false;
      const thisHour = Math.floor(at / hourMs);
      if (thisHour !== hour) {
        hour = thisHour;
        spentNanoUsd = 0;
      }
      const cost = costNanoUsd ?? 0;
      if (usdPerHour !== undefined) {
        // What has no price cannot be held to one.
        if (costNanoUsd === null || spentNanoUsd + cost > usdPerHour * nanoUsdPerUsd) return false;
      }
      saved -= 1;
      spentNanoUsd += cost;
      return true;
    },
    shed: () => {
      shedAt = now();
    },
  };
}
