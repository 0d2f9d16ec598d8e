import type { CostForecast } from "./stage.ts";

/**
 * The date on which a month's budget is used up by the median path, or was; `null`: not in this month.
 *
 * @param budgetUsd Of the whole month.
 */
export function runsOutOn(
  { month, days, ahead, monthToDateUsd }: CostForecast,
  budgetUsd: number,
): string | null {
  if (monthToDateUsd < budgetUsd) return ahead.find(({ p50Usd }) => p50Usd >= budgetUsd)?.date ?? null;
  let sum = 0;
  for (const { date, spentUsd } of days) {
    if (!date.startsWith(month)) continue;
    sum += spentUsd;
    if (sum >= budgetUsd) return date;
  }
  return days.at(-1)?.date ?? null;
}
