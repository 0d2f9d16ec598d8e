import { bytes, count, share } from "../../format/numbers.ts";
import { ago, moment, span } from "../../format/time.ts";
import { Facts } from "../../parts/facts.tsx";
import type { ServiceRoute } from "./route-filter.ts";

/** What has come by a route, and why some of it was refused. */
export function TrafficSection(props: { readonly traffic: ServiceRoute["traffic"]; readonly now: number }) {
  const { requests, refused, failed, latency_ms: latency, last_at: at, ...traffic } = props.traffic;
  const rejects = Object.entries(traffic.rejects).toSorted(([, a], [, b]) => b - a);
  return (
    <section aria-labelledby="traffic">
      <h3 id="traffic">
        Traffic <span class="muted">since the start</span>
      </h3>
      {at === null ? (
        <p class="muted">No request has ended on it yet.</p>
      ) : (
        <Facts
          facts={[
            ["Requests", count(requests)],
            ["Refused by the gateway", `${count(refused)} (${share(refused, requests)})`],
            ["Failed by the service", `${count(failed)} (${share(failed, requests)})`],
            ["Answered in, p50", latency && span(latency.p50)],
            ["Answered in, p99", latency && span(latency.p99)],
            ["Bytes in", bytes(traffic.bytes_in)],
            ["Bytes out", bytes(traffic.bytes_out)],
            [
              "Last error",
              traffic.last_error === null ? "none" : <code class="bad-text">{traffic.last_error}</code>,
            ],
            [
              "Last",
              <time dateTime={moment(at)} title={moment(at)}>
                {ago(at, props.now)}
              </time>,
            ],
          ]}
        />
      )}
      {rejects.length === 0 ? null : (
        <table class="table compact" aria-label="Refused, by why">
          <thead>
            <tr>
              <th scope="col">Refused because of</th>
              <th scope="col" class="number">
                Requests
              </th>
            </tr>
          </thead>
          <tbody>
            {rejects.map(([why, times]) => (
              <tr key={why}>
                <td>
                  <code>{why}</code>
                </td>
                <td class="number">{count(times)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
