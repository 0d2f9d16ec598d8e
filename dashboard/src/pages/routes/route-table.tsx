import { bytes, count } from "../../format/numbers.ts";
import { ago, moment } from "../../format/time.ts";
import { LatencyPair } from "../../parts/latency-pair.tsx";
import { Link } from "../../parts/link.tsx";
import { ProtocolMark } from "../../parts/protocol-mark.tsx";
import { TallyCell } from "../../parts/tally-cell.tsx";
import type { ServiceRoute } from "./route-filter.ts";

/** The routes; the link in the first cell covers the whole row. */
export function RouteTable(props: {
  readonly routes: readonly ServiceRoute[];
  readonly now: number;
  readonly openId: string | undefined;
  readonly linkTo: (id: string) => string;
}) {
  return (
    <table class="table stacked rows tallied route-table" aria-label="Routes to services">
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col">Takes</th>
          <th scope="col">Leads to</th>
          <th scope="col" class="number">
            Requests
          </th>
          <th scope="col" class="number" title="By the gateway">
            Refused
          </th>
          <th scope="col" class="number" title="By the fault of the service">
            Failed
          </th>
          <th scope="col" class="number" title="p50 / p99">
            Took <span class="visually-hidden">p50 / p99</span>
          </th>
          <th scope="col" class="number" title="In / out">
            Bytes <span class="visually-hidden">in / out</span>
          </th>
          <th scope="col">Last error</th>
        </tr>
      </thead>
      <tbody>
        {props.routes.map((route) => (
          <Row
            key={route.id}
            route={route}
            now={props.now}
            isOpen={route.id === props.openId}
            to={props.linkTo(route.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row(props: {
  readonly route: ServiceRoute;
  readonly now: number;
  readonly isOpen: boolean;
  readonly to: string;
}) {
  const { route, isOpen } = props;
  return (
    <tr class={isOpen ? "open" : ""} data-route={route.id} aria-current={isOpen ? "true" : undefined}>
      <td data-name="Route">
        <span class="two-lines">
          <Link to={props.to} class="row-link">
            <strong>{route.id}</strong>
          </Link>
          <span class="small">
            <ProtocolMark protocol={route.protocol} />{" "}
            {route.auth === "required" ? (
              <span class="muted">by key</span>
            ) : (
              <span class="warn-text">no key</span>
            )}
          </span>
        </span>
      </td>
      <td data-name="Takes">
        <Matches route={route} />
      </td>
      <td data-name="Leads to">
        <span class="two-lines">
          <span title={route.service ?? undefined}>{route.service ?? "subgraphs"}</span>
          {route.rewrite === null ? null : (
            <span class="muted small" title={`Its path at the service: ${route.rewrite}`}>
              as <code>{route.rewrite}</code>
            </span>
          )}
        </span>
      </td>
      <TrafficCells traffic={route.traffic} now={props.now} />
    </tr>
  );
}

/** The path; below it what else is asked of a request. */
function Matches({ route: { methods, path, hosts, when } }: { readonly route: ServiceRoute }) {
  const more = [
    ...(methods.length === 0 ? [] : [methods.join(" ")]),
    ...(hosts.length === 0 ? [] : [hosts.join(", ")]),
    ...(when === null ? [] : [`if ${when}`]),
  ].join(" · ");
  return (
    <span class="two-lines">
      <code title={path}>{path}</code>
      {more === "" ? null : (
        <span class="muted small" title={more}>
          {more}
        </span>
      )}
    </span>
  );
}

function TrafficCells({ traffic, now }: { readonly traffic: ServiceRoute["traffic"]; readonly now: number }) {
  const { requests, latency_ms: latency, last_at: at, last_error: error } = traffic;
  return (
    <>
      <td data-name="Requests" class="number">
        <span class="two-lines">
          <span>{count(requests)}</span>
          {at === null ? null : (
            <time class="muted small" dateTime={moment(at)} title={`The last: ${moment(at)}`}>
              {ago(at, now)}
            </time>
          )}
        </span>
      </td>
      <TallyCell name="Refused" of={traffic.refused} mood="warn" />
      <TallyCell name="Failed" of={traffic.failed} mood="bad" />
      <td data-name="Took, p50 / p99" class={latency === null ? "number nothing" : "number"}>
        <LatencyPair latency={latency} />
      </td>
      <td data-name="Bytes, in / out" class={requests === 0 ? "number nothing" : "number"} title="In / out">
        <span class="two-lines">
          <span>{bytes(traffic.bytes_in)}</span>
          <span>{bytes(traffic.bytes_out)}</span>
        </span>
      </td>
      <td data-name="Last error" class={error === null ? "nothing" : ""}>
        {error === null ? (
          <span class="muted">none</span>
        ) : (
          <code class="bad-text" title={error}>
            {error}
          </code>
        )}
      </td>
    </>
  );
}
