import { drawPaths, learnDaily } from "../../statistics/daily-paths.ts";
import { mulberry } from "../../statistics/mulberry.ts";
import { costForecastBounds } from "./settings.ts";

const { knownDaysMin, paths } = costForecastBounds;

/** What a forecast of the rest of a month is made of. Sums in US dollars. */
export interface SpendHistory {
  /** Whole days up to yesterday, oldest first; `undefined`: a gap. */
  readonly days: readonly (number | undefined)[];
  /** What was spent in all time that was seen, today's included, and how many days that is. */
  readonly seen: { readonly usd: number; readonly days: number };
  /** How much is left of each day of the month, from today to its last. */
  readonly shares: readonly number[];
  readonly seed: number;
}

/** What is still spent until the end of one day. `null`: too little is known for a band. */
export interface Band {
  readonly p10: number | null;
  readonly p50: number;
  readonly p90: number | null;
}

export interface RestOfMonth {
  /** Fewer than seven days are known: it goes on as it has on average, and there is no band. */
  readonly isThin: boolean;
  readonly knownDays: number;
  /** Of its last day. */
  readonly end: Band;
}

/** What a month still costs: the same for the same history and seed. */
export function restOfMonth(history: SpendHistory): RestOfMonth {
  const knownDays = knownIn(history);
  const end = bandsFrom(history, history.shares.length - 1)[0] ?? { p10: null, p50: 0, p90: null };
  return { isThin: knownDays < knownDaysMin, knownDays, end };
}

/** The same up to each day, from today to the last of the month. */
export const bandsToEnd = (history: SpendHistory): readonly Band[] => bandsFrom(history, 0);

const knownIn = ({ days }: SpendHistory): number => days.filter((day) => day !== undefined).length;

/** Of the days from `first` on; to sort the sums of each is most of the work. */
function bandsFrom(history: SpendHistory, first: number): readonly Band[] {
  const { days, seen, shares, seed } = history;
  if (knownIn(history) < knownDaysMin) return straightLine(seen, shares).slice(first);
  const sums = drawPaths(learnDaily(days), shares, { paths, random: mulberry(seed) });
  const column = new Float64Array(paths);
  return shares.slice(first).map((_, index): Band => {
    for (let path = 0; path < paths; path += 1)
      column[path] = sums[path * shares.length + first + index] ?? 0;
    column.sort();
    const quantile = (share: number): number => column[Math.floor(share * (paths - 1))] ?? 0;
    return { p10: quantile(0.1), p50: quantile(0.5), p90: quantile(0.9) };
  });
}

/** The mean of what was seen; less than a day counts as one, so that a first minute is not multiplied by 1,440. */
function straightLine({ usd, days }: SpendHistory["seen"], shares: readonly number[]): readonly Band[] {
  const perDay = usd / Math.max(1, days);
  let sum = 0;
  return shares.map((share) => {
    sum += perDay * share;
    return { p10: null, p50: sum, p90: null };
  });
}
