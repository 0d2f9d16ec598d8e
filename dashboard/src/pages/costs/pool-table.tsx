import { dollars } from "../../format/money.ts";
import { count } from "../../format/numbers.ts";
import type { CostForecast } from "../../generated/client.ts";
import { DayBars } from "./day-bars.tsx";

type Pool = CostForecast["pools"][number];

/** What pools that learn may spend on a request, beside what they have spent. */
export function PoolTable({ pools }: Pick<CostForecast, "pools">) {
  if (pools.length === 0) return null;
  return (
    <section class="card flush" aria-labelledby="budgets">
      <h2 id="budgets">Pools with a budget</h2>
      <table class="table stacked" aria-labelledby="budgets">
        <thead>
          <tr>
            <th scope="col">Pool</th>
            <th scope="col" class="number">
              Budget a request
            </th>
            <th scope="col" class="number">
              Spent a request
            </th>
            <th scope="col" class="number">
              Requests this month
            </th>
            <th scope="col" class="number">
              Credit
            </th>
            <th scope="col" title="What a request cost on average, beside its budget">
              By day
            </th>
          </tr>
        </thead>
        <tbody>
          {pools.map((pool) => (
            <tr key={pool.pool}>
              <td data-name="Pool">
                <code>{pool.pool}</code>
              </td>
              <td data-name="Budget a request" class="number">
                {pool.budgetUsd === null ? "not known yet" : dollars(pool.budgetUsd)}
              </td>
              <td data-name="Spent a request" class={isOver(pool) ? "number warn-text" : "number"}>
                {pool.meanUsd === null ? "none was sent" : dollars(pool.meanUsd)}
              </td>
              <td data-name="Requests this month" class="number">
                {count(pool.calls)}
              </td>
              <td data-name="Credit" class="number">
                {pool.creditUsd === null ? "not known yet" : dollars(pool.creditUsd)}
              </td>
              <td data-name="By day">
                <DayBars
                  isSmall
                  line={pool.budgetUsd ?? 0}
                  days={pool.days.map(({ date, spentUsd, calls }) => ({
                    date,
                    usd: calls === 0 ? 0 : spentUsd / calls,
                  }))}
                  summary={`What requests of ${pool.pool} cost on average, day by day${pool.budgetUsd === null ? "" : `, beside a budget of ${dollars(pool.budgetUsd)}`}.`}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const isOver = ({ meanUsd, budgetUsd }: Pool): boolean =>
  meanUsd !== null && budgetUsd !== null && meanUsd > budgetUsd;
