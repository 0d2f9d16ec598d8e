import { count, percent } from "../../format/numbers.ts";
import { type EndpointList, listEndpoints } from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { PoolTable } from "./pool-table.tsx";

const everyMs = 2000;
const load = (signal: AbortSignal): Promise<EndpointList> => listEndpoints({ signal });

/** How fast targets are, what they are at work on, and how well. */
export function EndpointsPage() {
  const polled = usePolling(load, everyMs);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Endpoints</h1>
        <p class="muted">
          How long a token takes at each target, alone and among others, as its requests have shown.
        </p>
      </div>
      <PageState polled={polled}>
        {({ endpoints, pools }) => (
          <>
            {pools.map((pool) => (
              <PoolTable key={pool.provider} pool={pool} onSet={polled.retry} />
            ))}
            {endpoints.length === 0 ? (
              <section class="card" aria-label="No endpoint">
                <p class="muted">No target has been asked yet.</p>
              </section>
            ) : (
              <section class="card flush" aria-labelledby="endpoints">
                <h2 id="endpoints">Targets</h2>
                <Endpoints endpoints={endpoints} />
              </section>
            )}
          </>
        )}
      </PageState>
    </div>
  );
}

function Endpoints({ endpoints }: Pick<EndpointList, "endpoints">) {
  return (
    <table class="table stacked" aria-labelledby="endpoints">
      <thead>
        <tr>
          <th scope="col">Target</th>
          <th scope="col" class="number">
            In flight
          </th>
          <th scope="col" class="number">
            At once
          </th>
          <th scope="col" class="number">
            Waiting
          </th>
          <th scope="col" class="number">
            A token, alone
          </th>
          <th scope="col" class="number">
            More for each other request
          </th>
          <th scope="col" class="number">
            Learned from
          </th>
          <th scope="col" class="number">
            Health
          </th>
        </tr>
      </thead>
      <tbody>
        {endpoints.map((endpoint) => (
          <tr key={endpoint.service_id}>
            <td data-name="Target">
              <code class="whole">{endpoint.service_id}</code>
            </td>
            <td data-name="In flight" class="number">
              {count(endpoint.in_flight)}
            </td>
            <td data-name="At once" class="number">
              {endpoint.limit === null ? <span class="muted">any</span> : count(endpoint.limit)}
            </td>
            <td data-name="Waiting" class="number">
              {count(endpoint.queued)}
            </td>
            <td data-name="A token, alone" class="number">
              {perToken(endpoint.ms_per_token)}
              {endpoint.learned_from === 0 ? <span class="muted"> assumed</span> : null}
            </td>
            <td data-name="More for each other request" class="number">
              {perToken(endpoint.ms_per_token_and_request)}
            </td>
            <td data-name="Learned from" class="number">
              {count(endpoint.learned_from)}
            </td>
            <td data-name="Health" class="number">
              {percent(endpoint.health)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const perToken = (ms: number): string => `${ms.toFixed(2)} ms`;
