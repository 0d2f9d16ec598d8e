import type { Meter } from "../ports/meter.ts";
import { createRouteTallies, type RouteTallies, type RouteTraffic } from "./route-tallies.ts";
import type { Snapshot } from "./snapshot.ts";
import { createSockets } from "./sockets.ts";

/** A route of the running configuration to a service, and what has come by it. */
export interface ServiceRouteState {
  readonly id: string;
  readonly protocol: string;
  readonly path: string;
  readonly hosts: readonly string[];
  readonly methods: readonly string[];
  readonly when: string | null;
  /** `null`: a federation, whose subgraphs are services. */
  readonly service: string | null;
  readonly auth: "required" | "none";
  readonly rewrite: string | null;
  readonly traffic: RouteTraffic;
}

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
    auth: settings.auth,
    rewrite: settings.rewrite ?? null,
    traffic: tallies.of(id),
  }));

/** What is kept of ordinary services: their open sockets, and what has come by their routes. */
export function createServiceStates({ meter }: { readonly meter: Meter }, snapshot: () => Snapshot) {
  const sockets = createSockets(meter);
  const tallies = createRouteTallies();
  return {
    sockets,
    settled: tallies.settled,
    control: { routes: () => routeStates(snapshot(), tallies), sockets: sockets.list },
  };
}
