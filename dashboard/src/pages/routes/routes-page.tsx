import { useCallback } from "preact/hooks";
import { protocols } from "../../format/protocols.ts";
import {
  type GrpcRouteList,
  listGrpcRoutes,
  listServiceRoutes,
  listServices,
  listSockets,
  type ServiceList,
  type ServiceRouteList,
  type SocketList,
} from "../../generated/client.ts";
import { usePolling } from "../../live/use-polling.ts";
import { PageState } from "../../parts/page-state.tsx";
import { focusRow } from "../../parts/panel.tsx";
import { Segments } from "../../parts/segments.tsx";
import { TypedFilter } from "../../parts/typed-filter.tsx";
import { navigate } from "../../router.ts";
import { FirstRoute } from "./first-route.tsx";
import { linkOf, orders, pickRoutes, type RouteFilter, readFilter } from "./route-filter.ts";
import { RoutePanel } from "./route-panel.tsx";
import { RouteTable } from "./route-table.tsx";
import { ServiceTable } from "./service-table.tsx";
import { SocketTable } from "./socket-table.tsx";

/** What is known of routes to services, of one moment. */
interface KnownRoutes extends ServiceRouteList, ServiceList, SocketList {
  readonly grpc: GrpcRouteList["routes"];
  readonly now: number;
}

const everyMs = 2000;

async function load(signal: AbortSignal): Promise<KnownRoutes> {
  const [{ routes }, { services }, { routes: grpc }, { sockets }] = await Promise.all([
    listServiceRoutes({ signal }),
    listServices({ signal }),
    listGrpcRoutes({ signal }),
    listSockets({ signal }),
  ]);
  return { routes, services, grpc, sockets, now: Date.now() };
}

/** Which requests go to which services, and how they fare. */
export function RoutesPage({ query }: { readonly query: URLSearchParams }) {
  const polled = usePolling(load, everyMs);
  const filter = readFilter(query);
  const openId = query.get("open") ?? undefined;
  const here = linkOf(filter);
  const opened = linkOf(filter, openId);
  const close = useCallback(() => {
    navigate(here);
    focusRow(opened);
  }, [here, opened]);
  return (
    <div class="page">
      <div class="page-head">
        <h1>Routes</h1>
        <p class="muted">Which requests go to which services, and how they have fared since the start.</p>
      </div>
      <PageState polled={polled}>
        {(known) => (
          <>
            {known.routes.length === 0 ? (
              <FirstRoute />
            ) : (
              <Listed known={known} filter={filter} openId={openId} />
            )}
            {known.services.length === 0 ? null : (
              <section class="card flush" aria-labelledby="services">
                <h2 id="services">
                  Services <span class="muted">where routes lead to</span>
                </h2>
                <ServiceTable services={known.services} linkTo={(route) => linkOf(filter, route)} />
              </section>
            )}
            {known.sockets.length === 0 ? null : (
              <section class="card flush" aria-labelledby="sockets">
                <h2 id="sockets">
                  Open WebSockets <span class="muted">those that models are spoken to by among them</span>
                </h2>
                <SocketTable sockets={known.sockets} now={known.now} hasRoute={true} labelledBy="sockets" />
              </section>
            )}
            {openId === undefined ? null : <Opened id={openId} known={known} onClose={close} />}
          </>
        )}
      </PageState>
    </div>
  );
}

function Opened(props: { readonly id: string; readonly known: KnownRoutes; readonly onClose: () => void }) {
  const { id, known } = props;
  const route = known.routes.find((entry) => entry.id === id);
  return (
    <RoutePanel
      id={id}
      route={route}
      service={known.services.find((service) => service.id === route?.service)}
      grpc={known.grpc.find((entry) => entry.id === id)}
      sockets={known.sockets.filter((socket) => socket.route === id)}
      now={known.now}
      onClose={props.onClose}
    />
  );
}

function Listed(props: {
  readonly known: KnownRoutes;
  readonly filter: RouteFilter;
  readonly openId: string | undefined;
}) {
  const { known, filter } = props;
  const shown = pickRoutes(known.routes, filter);
  return (
    <>
      <Filters filter={filter} />
      <p class="visually-hidden" role="status">
        {shown.length === 1 ? "1 route shown" : `${shown.length} routes shown`}
      </p>
      {shown.length > 0 ? (
        <div class="card flush">
          <RouteTable
            routes={shown}
            now={known.now}
            openId={props.openId}
            linkTo={(id) => linkOf(filter, id)}
          />
        </div>
      ) : (
        <div class="card empty">
          <h2>No route fits this filter</h2>
          <button type="button" class="button" onClick={() => navigate(linkOf({ order: filter.order }))}>
            Show all routes
          </button>
        </div>
      )}
    </>
  );
}

function Filters({ filter }: { readonly filter: RouteFilter }) {
  const change = (part: Partial<RouteFilter>): void =>
    navigate(linkOf({ ...filter, ...part }), { replace: true });
  return (
    <search class="filters">
      <Segments
        label="Protocol"
        choices={[{ value: "", name: "All" }, ...protocols]}
        chosen={filter.protocol}
        onChoose={(protocol) => change({ protocol })}
      />
      <TypedFilter
        label="Search"
        placeholder="Name, path, host or service"
        value={filter.search}
        onValue={(search) => change({ search })}
      />
      <select
        aria-label="Order"
        value={filter.order}
        onChange={({ currentTarget }) =>
          change({ order: orders.find(({ value }) => value === currentTarget.value)?.value ?? "" })
        }
      >
        {orders.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </search>
  );
}
