import { bytes, count, share } from "../../format/numbers.ts";
import { ago, moment } from "../../format/time.ts";
import type { SocketList } from "../../generated/client.ts";
import { Facts } from "../../parts/facts.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProtocolMark } from "../../parts/protocol-mark.tsx";
import type { ServiceRoute } from "./route-filter.ts";
import { SocketTable } from "./socket-table.tsx";

/** One route beside the list. */
export function RoutePanel(props: {
  readonly id: string;
  readonly route: ServiceRoute | undefined;
  readonly sockets: SocketList["sockets"];
  readonly now: number;
  readonly onClose: () => void;
}) {
  const { id, route } = props;
  return (
    <Panel
      id="route"
      heading={<>Route {id}</>}
      mark={route === undefined ? null : <ProtocolMark protocol={route.protocol} />}
      onClose={props.onClose}
    >
      {route === undefined ? (
        <div class="empty" role="alert">
          <h3>There is no route of this name</h3>
          <p class="muted">The link is wrong, or the configuration no longer names it.</p>
        </div>
      ) : (
        <>
          <Leads route={route} />
          <MatchesSection route={route} />
          <TrafficSection traffic={route.traffic} now={props.now} />
          {route.protocol === "websocket" || props.sockets.length > 0 ? (
            <section aria-labelledby="route-sockets">
              <h3 id="route-sockets">Open WebSockets</h3>
              {props.sockets.length === 0 ? (
                <p class="muted">None is open.</p>
              ) : (
                <SocketTable
                  sockets={props.sockets}
                  now={props.now}
                  hasRoute={false}
                  labelledBy="route-sockets"
                />
              )}
            </section>
          ) : null}
        </>
      )}
    </Panel>
  );
}

function Leads({ route }: { readonly route: ServiceRoute }) {
  return (
    <Facts
      facts={[
        ["Leads to", route.service ?? "the subgraphs of a federation"],
        [
          "Path at the service",
          route.rewrite === null ? "as the client wrote it" : <code>{route.rewrite}</code>,
        ],
        ["Gateway key", route.auth === "required" ? "asked for" : "not asked for: anybody may ask"],
      ]}
    />
  );
}

function MatchesSection({ route }: { readonly route: ServiceRoute }) {
  const { path, hosts, methods, when } = route;
  return (
    <section aria-labelledby="matches">
      <h3 id="matches">Requests that it takes</h3>
      <Facts
        facts={[
          ["Path", <code>{path}</code>],
          ["Methods", methods.length === 0 ? "all" : methods.join(", ")],
          ["Hosts", hosts.length === 0 ? "all" : hosts.join(", ")],
        ]}
      />
      {when === null ? null : (
        <p>
          <span class="muted">Only if</span> <code>{when}</code>
        </p>
      )}
    </section>
  );
}

function TrafficSection({
  traffic,
  now,
}: {
  readonly traffic: ServiceRoute["traffic"];
  readonly now: number;
}) {
  const { requests, refused, failed, last_at: at, last_error: error } = traffic;
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
            ["Bytes in", bytes(traffic.bytes_in)],
            ["Bytes out", bytes(traffic.bytes_out)],
            ["Last error", error === null ? "none" : <code class="bad-text">{error}</code>],
            [
              "Last",
              <time dateTime={moment(at)} title={moment(at)}>
                {ago(at, now)}
              </time>,
            ],
          ]}
        />
      )}
    </section>
  );
}
