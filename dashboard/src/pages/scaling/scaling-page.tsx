import { count } from "../../format/numbers.ts";
import { span } from "../../format/time.ts";
import { readScaling, type ScalingState } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";

const everyMs = 5000;
const load = (signal: AbortSignal): Promise<ScalingState> => readScaling({ signal });

/** How many replicas pools will need, and why. */
export function ScalingPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Scaling</h1>
        <p class="muted">How many replicas self-hosted models will need by the time a new one serves.</p>
      </div>
      <PageState polled={polled}>
        {({ pools }) =>
          pools.length === 0 ? (
            <section class="card" aria-label="No pool is scaled">
              <p class="muted">
                <code>scaling.pools.NAME.capacity</code> says what one replica of a pool, a provider or a
                model does.
              </p>
            </section>
          ) : (
            <section class="card flush" aria-labelledby="scaling">
              <h2 id="scaling">Pools</h2>
              <Pools pools={pools} />
            </section>
          )
        }
      </PageState>
    </div>
  );
}

function Pools({ pools }: ScalingState) {
  return (
    <table class="table stacked" aria-labelledby="scaling">
      <thead>
        <tr>
          <th scope="col">Pool</th>
          <th scope="col" class="number">
            Replicas
          </th>
          <th scope="col" class="number">
            Needed now
          </th>
          <th scope="col" class="number">
            Tokens a second
          </th>
          <th scope="col" class="number">
            At most soon
          </th>
          <th scope="col">Judged by</th>
          <th scope="col" class="number">
            Too few in
          </th>
        </tr>
      </thead>
      <tbody>
        {pools.map((pool) => (
          <tr key={pool.pool}>
            <td data-name="Pool">
              <code class="whole">{pool.pool}</code>
            </td>
            <td data-name="Replicas" class="number">
              {count(pool.desired)}
            </td>
            <td data-name="Needed now" class="number">
              {count(pool.reactive)}
            </td>
            <td data-name="Tokens a second" class="number">
              {rate(pool.rate)}
            </td>
            <td data-name="At most soon" class="number">
              {rate(pool.upper)}
            </td>
            <td data-name="Judged by">
              {pool.basis === "forecast"
                ? `the forecast, ${span(pool.horizon_ms)} ahead`
                : "what there is now: less than two days are known"}
            </td>
            <td data-name="Too few in" class="number">
              {count(pool.shortfalls)} of {count(pool.windows)} windows
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const rate = (perSecond: number | null): string => (perSecond === null ? "not known" : perSecond.toFixed(1));
