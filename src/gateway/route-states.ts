import type { PoolState } from "../capabilities/load-balancing/index.ts";
import type { RequestRecord } from "../exchange/settlement.ts";
import type { Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { Meter } from "../ports/meter.ts";
import type { Timer } from "../ports/timer.ts";
import type { ConfigState } from "./config-control.ts";
import { graphqlStates } from "./graphql-states.ts";
import { createGraphqlTallies } from "./graphql-tallies.ts";
import { grpcStates } from "./grpc-states.ts";
import { createGrpcTallies } from "./grpc-tallies.ts";
import { createRouteTallies, type RouteTallies } from "./route-tallies.ts";
import type { ServicePlane, ServiceRouteState } from "./service-plane.ts";
import { serviceStates } from "./service-states.ts";
import { createServiceTallies } from "./service-tallies.ts";
import type { Snapshot } from "./snapshot.ts";
import { createSockets, type DeniedNow, type KeysNow, watchKeys } from "./sockets.ts";

/** In the order of the file. */
const routeStates = (
  { serviceRoutes }: Pick<Snapshot, "serviceRoutes">,
  tallies: Pick<RouteTallies, "of">,
): readonly ServiceRouteState[] =>
  serviceRoutes.list.map(({ id, settings }) => ({
    id,
    protocol: settings.protocol,
    path: settings.path,
    hosts: settings.hosts,
    methods: settings.methods,
    when: settings.when ?? null,
    service: settings.service ?? null,
    auth: typeof settings.auth === "string" ? settings.auth : "required",
    rewrite: settings.rewrite ?? null,
    traffic: tallies.of(id),
  }));

interface StateParts {
  readonly meter: Meter;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly keys: KeysNow;
  readonly denied: DeniedNow;
  readonly logger: Logger;
  readonly config: { readonly state: () => Pick<ConfigState, "problems"> };
}

/** What is kept of ordinary services: their open connections, and what has come by their routes. */
export function createServiceStates(
  parts: StateParts,
  snapshot: () => Snapshot,
  pools: () => readonly PoolState[],
) {
  const { meter, config } = parts;
  const sockets = createSockets(meter);
  watchKeys(sockets, parts);
  const routes = createRouteTallies();
  const services = createServiceTallies();
  const graphql = createGraphqlTallies(parts);
  const grpc = createGrpcTallies(meter);
  const control: ServicePlane = {
    routes: () => routeStates(snapshot(), routes),
    sockets: sockets.list,
    services: () => serviceStates(snapshot(), services, pools()),
    graphql: () => graphqlStates(snapshot(), graphql, config.state().problems),
    grpc: () => grpcStates(snapshot(), grpc, pools()),
  };
  return {
    sockets,
    tallies: { services, graphql, grpc },
    settled: (record: RequestRecord): void => {
      routes.settled(record);
      grpc.settled(record);
    },
    control,
  };
}
