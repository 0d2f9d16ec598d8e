import { dollars } from "../../format/money.ts";
import type { CostForecast } from "../../generated/client.ts";
import { monthLines, type Point } from "./month-lines.ts";

/** What the month has cost from its first day on, and the band that it goes on in. */
export function MonthChart({ forecast }: { readonly forecast: CostForecast }) {
  const { daysOfMonth, top, spent, median, low, high } = monthLines(forecast);
  const place = ([day, usd]: Point): string => `${day},${top === 0 ? 100 : 100 - (95 * usd) / top}`;
  const path = (points: readonly Point[]): string => points.map(place).join(" ");
  const { month, monthToDateUsd, p10Usd, p50Usd, p90Usd, budgetUsd } = forecast;
  const band =
    p10Usd === null || p90Usd === null ? "" : `, between ${dollars(p10Usd)} and ${dollars(p90Usd)}`;
  return (
    <section class="card chart-card" aria-labelledby="month">
      <h2 id="month">{month}, added up</h2>
      <svg
        class="cost-chart"
        viewBox={`0 0 ${daysOfMonth} 100`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${dollars(monthToDateUsd)} spent so far, ${dollars(p50Usd)} expected at the end of the month${band}.`}
      >
        <polygon class="band" points={path([...low, ...high.toReversed()])} />
        <polyline class="median" points={path(median)} />
        <polyline class="spent" points={path(spent)} />
        {budgetUsd === null ? null : (
          <polyline
            class="budget"
            points={path([
              [0, budgetUsd],
              [daysOfMonth, budgetUsd],
            ])}
          />
        )}
      </svg>
      <p class="chart-feet muted">
        <span>{month}-01</span>
        <span>up to {dollars(top)}</span>
        <span>{forecast.ahead.at(-1)?.date}</span>
      </p>
    </section>
  );
}
