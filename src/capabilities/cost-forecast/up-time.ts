import { type Day, dayMs, dayOf } from "./month.ts";
import { costForecastBounds } from "./settings.ts";

const { days: daysKept, upShareMin } = costForecastBounds;

/** How long the gateway was up on each day, ms. */
export interface UpTime {
  /** It is up. Told at least each `stepMaxMs`; a longer silence counts as that long. */
  readonly tell: (now: number) => void;
  /**
   * Whether nothing can be learned from a day: the gateway was not up, or for no more than half as long as on its usual
   * days. One that runs in office hours has days of eight hours, and an outage of a day is no day without spend.
   */
  readonly gapsBefore: (today: Day) => (day: Day) => boolean;
  readonly kept: () => ReadonlyMap<Day, number>;
}

/** Longer between two words of it, and it was asleep. */
const stepMaxMs = 180_000;

export function createUpTime(startedAt: number, from: ReadonlyMap<Day, number> = new Map()): UpTime {
  const up = new Map(from);
  let last = startedAt;
  const usualBefore = (today: Day): number => {
    const known = [...up].filter(([day]) => day < today).map(([, ms]) => ms);
    return known.toSorted((left, right) => left - right)[Math.floor(known.length / 2)] ?? dayMs;
  };
  return {
    tell: (now) => {
      const today = dayOf(now);
      const tookMs = Math.max(0, Math.min(stepMaxMs, now - last));
      last = now;
      const before = up.get(today);
      up.set(today, (before ?? 0) + tookMs);
      if (before !== undefined) return;
      for (const day of up.keys()) if (Math.abs(today - day) >= daysKept) up.delete(day);
    },
    gapsBefore: (today) => {
      const enoughMs = upShareMin * usualBefore(today);
      return (day) => (up.get(day) ?? 0) <= enoughMs;
    },
    kept: () => up,
  };
}
