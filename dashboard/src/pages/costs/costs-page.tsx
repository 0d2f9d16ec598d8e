import { useCallback } from "preact/hooks";
import { dollars } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import { type CostForecast, readCostForecast } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { Link } from "../../parts/link.tsx";
import { PageState } from "../../parts/page-state.tsx";
import { Tile } from "../../parts/tile.tsx";
import { BudgetForm } from "./budget-form.tsx";
import { type CostPlace, linkOf, readPlace, wholeInstallation } from "./cost-link.ts";
import { DayBars } from "./day-bars.tsx";
import { MonthChart } from "./month-chart.tsx";
import { PoolTable } from "./pool-table.tsx";
import { ScopeTable } from "./scope-table.tsx";

const everyMs = 10_000;

/** What is spent, by whom, and what the month will have cost at its end. */
export function CostsPage({ query }: { readonly query: URLSearchParams }) {
  const place = readPlace(query);
  const { scope, budgetUsd } = place;
  const load = useCallback(
    (signal: AbortSignal): Promise<CostForecast> =>
      readCostForecast({ scope, ...(budgetUsd === undefined ? {} : { budgetUsd }) }, { signal }),
    [scope, budgetUsd],
  );
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Costs</h1>
        <p class="muted">What this month has cost, and what it will have cost at its end. Days are UTC.</p>
      </div>
      <PageState polled={polled}>
        {(forecast) => (
          <>
            <MonthTiles forecast={forecast} place={place} />
            <div class="charts">
              <section class="card chart-card" aria-labelledby="days">
                <h2 id="days">Day by day</h2>
                <DayBars
                  days={forecast.days.map(({ date, spentUsd: usd }) => ({ date, usd }))}
                  summary={summaryOf(forecast)}
                />
                <p class="chart-feet muted">
                  <span>{forecast.days[0]?.date}</span>
                  <span>{dollars(forecast.days.at(-1)?.spentUsd ?? 0)} today</span>
                  <span>{forecast.days.at(-1)?.date}</span>
                </p>
              </section>
              <MonthChart forecast={forecast} />
            </div>
            <ScopeTable forecast={forecast} place={place} />
            <PoolTable pools={forecast.pools} />
          </>
        )}
      </PageState>
    </div>
  );
}

function summaryOf({ days }: CostForecast): string {
  const most = Math.max(...days.map(({ spentUsd }) => spentUsd));
  return `What was spent on each of the last ${days.length} days: ${dollars(most)} at most, ${dollars(days.at(-1)?.spentUsd ?? 0)} today so far.`;
}

function MonthTiles({ forecast, place }: { readonly forecast: CostForecast; readonly place: CostPlace }) {
  const { scope, month, monthToDateUsd, p10Usd, p50Usd, p90Usd, thin, unpriced, budgetUsd, runsOutOn } =
    forecast;
  const isWhole = scope === wholeInstallation;
  return (
    <section class="card" aria-labelledby="figures">
      <h2 id="figures">
        {isWhole ? "The whole installation" : <code>{scope}</code>} <span class="muted">{month}</span>
      </h2>
      {isWhole ? null : <Link to={linkOf({ ...place, scope: wholeInstallation })}>All together</Link>}
      <dl class="tiles month-tiles">
        <Tile name="So far" value={dollars(monthToDateUsd)} exact={`$${monthToDateUsd}`} />
        <Tile
          name="At the end of the month"
          value={dollars(p50Usd)}
          exact={
            thin
              ? "Fewer than seven days are known: it goes on as it has on average."
              : "The median of 1,000 paths."
          }
        />
        <Tile
          name="Eight of ten"
          value={
            p10Usd === null || p90Usd === null ? "not known yet" : `${dollars(p10Usd)} – ${dollars(p90Usd)}`
          }
          exact="Eight of ten paths end between these."
        />
        <Tile
          name="Budget"
          value={budgetUsd === null ? "none asked" : (runsOutOn ?? "lasts")}
          exact={
            budgetUsd === null
              ? "A budget of the month can be held against the forecast."
              : `When ${dollars(budgetUsd)} are used up, by the median path.`
          }
          mood={runsOutOn === null ? "calm" : "warn"}
        />
      </dl>
      {thin ? (
        <p class="muted">Fewer than seven days are known: it is taken to go on as it has on average.</p>
      ) : null}
      {unpriced > 0 ? (
        <p class="muted">{count(unpriced)} requests of unknown price are in no figure here.</p>
      ) : null}
      <BudgetForm key={budgetUsd} place={place} />
    </section>
  );
}
