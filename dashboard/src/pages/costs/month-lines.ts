import type { CostForecast } from "../../generated/client.ts";

/** A day of the month, counted from its start, and what the month has cost by then. US dollars. */
export type Point = readonly [day: number, usd: number];

/** The lines of a month: what was spent, and what will have been. */
export interface MonthLines {
  readonly daysOfMonth: number;
  /** The highest of all, for the scale. */
  readonly top: number;
  readonly spent: readonly Point[];
  readonly median: readonly Point[];
  /** Empty where there is no band. */
  readonly low: readonly Point[];
  readonly high: readonly Point[];
}

const dayOfMonth = (date: string): number => Number(date.slice(8));

/** Sums from the month's first day on. Today has come half its way: the answer does not say how far. */
export function monthLines({ month, days, ahead, monthToDateUsd, budgetUsd }: CostForecast): MonthLines {
  const past = days.filter(({ date }) => date.startsWith(month));
  const today = dayOfMonth(past.at(-1)?.date ?? `${month}-01`);
  const spent: Point[] = [[0, 0]];
  let sum = 0;
  for (const { date, spentUsd } of past.slice(0, -1)) {
    sum += spentUsd;
    spent.push([dayOfMonth(date), sum]);
  }
  const now: Point = [today - 0.5, monthToDateUsd];
  spent.push(now);
  const line = (value: (day: CostForecast["ahead"][number]) => number | null): readonly Point[] => {
    const points = ahead.flatMap((day): Point[] => {
      const usd = value(day);
      return usd === null ? [] : [[dayOfMonth(day.date), usd]];
    });
    return points.length === 0 ? [] : [now, ...points];
  };
  const median = line(({ p50Usd }) => p50Usd);
  const high = line(({ p90Usd }) => p90Usd);
  const top = Math.max(budgetUsd ?? 0, monthToDateUsd, ...[...median, ...high].map(([, usd]) => usd));
  return {
    daysOfMonth: dayOfMonth(ahead.at(-1)?.date ?? `${month}-31`),
    top,
    spent,
    median,
    low: line(({ p10Usd }) => p10Usd),
    high,
  };
}
