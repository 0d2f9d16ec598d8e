import type { GrpcRouteList, SocketList } from "../../generated/client.ts";
import { Facts } from "../../parts/facts.tsx";
import { Link } from "../../parts/link.tsx";
import { Panel } from "../../parts/panel.tsx";
import { ProtocolMark } from "../../parts/protocol-mark.tsx";
import { linkOf as graphLink } from "../graphql/operation-filter.ts";
import { requestsOf } from "../requests/request-filter.ts";
import { GrpcSection } from "./grpc-section.tsx";
import type { ServiceRoute } from "./route-filter.ts";
import { ServiceSection } from "./service-section.tsx";
import type { Service } from "./service-table.tsx";
import { SocketTable } from "./socket-table.tsx";
import { TrafficSection } from "./traffic-section.tsx";

/** One route beside the list. */
export function RoutePanel(props: {
  readonly id: string;
  readonly route: ServiceRoute | undefined;
  /** The one that it leads to; absent: it leads to several. */
  readonly service: Service | undefined;
  readonly grpc: GrpcRouteList["routes"][number] | undefined;
  readonly sockets: SocketList["sockets"];
  readonly now: number;
  readonly onClose: () => void;
}) {
  const { id, route, service, grpc, sockets } = props;
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
          <p class="ways-on">
            <Link to={requestsOf(id)}>Its requests in the log</Link>
            {route.protocol === "graphql" ? (
              <Link to={graphLink({ route: id })}>Its schema, subgraphs and operations</Link>
            ) : null}
          </p>
          <MatchesSection route={route} />
          <TrafficSection traffic={route.traffic} now={props.now} />
          {grpc === undefined ? null : <GrpcSection route={grpc} />}
          {route.protocol === "websocket" || sockets.length > 0 ? (
            <section aria-labelledby="route-sockets">
              <h3 id="route-sockets">Open WebSockets</h3>
              {sockets.length === 0 ? (
                <p class="muted">None is open.</p>
              ) : (
                <SocketTable sockets={sockets} now={props.now} hasRoute={false} labelledBy="route-sockets" />
              )}
            </section>
          ) : null}
          {service === undefined ? null : <ServiceSection service={service} />}
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
