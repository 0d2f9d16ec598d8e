import type { KeyDirectory } from "../capabilities/identity/index.ts";
import { seconds } from "../kernel/units.ts";
import type { Meter } from "../ports/meter.ts";
import type { Timer } from "../ports/timer.ts";
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

/** How long a connection may outlive its key. Source: protocols specification, section 4: at most 60 s. */
const keysReadEvery = seconds(10);

/** What is kept of ordinary services: their open connections, and what has come by their routes. */
export function createServiceStates(
  {
    meter,
    timer,
    keys,
  }: {
    readonly meter: Meter;
    readonly timer: Timer;
    readonly keys: { readonly directory: () => KeyDirectory; readonly onRevoked: (tell: () => void) => void };
  },
  snapshot: () => Snapshot,
) {
  const sockets = createSockets(meter);
  const validKeys = (): ReadonlySet<string> =>
    new Set([...keys.directory().values()].map(({ keyId }) => keyId));
  const stopRevoked = (): void => sockets.stopRevoked(validKeys);
  keys.onRevoked(stopRevoked);
  // A key may also go while its socket is on the way to stand, or by another's hand.
  timer.every(keysReadEvery, stopRevoked);
  const tallies = createRouteTallies();
  return {
    sockets,
    settled: tallies.settled,
    control: { routes: () => routeStates(snapshot(), tallies), sockets: sockets.list },
  };
}
