import type { PoolState } from "../capabilities/load-balancing/index.ts";
import type { Site } from "../exchange/target.ts";
import type { ServiceRouteInfo, ServiceRoutes } from "./service-routes.ts";
import type { ServiceTallies, ServiceTraffic } from "./service-tallies.ts";
import type { Service } from "./services.ts";
import type { Snapshot } from "./snapshot.ts";

/** One of several addresses of a service. */
export interface ServiceEndpoint {
  readonly name: string;
  readonly url: string;
  readonly region: string | null;
  readonly state: PoolState["endpoints"][number]["state"];
  readonly inFlight: number;
}

/** A service of the running configuration, and how it has done. Nothing here tells a credential. */
export interface ServiceState extends ServiceTraffic {
  readonly id: string;
  readonly region: string | null;
  /** Spoken on the routes that lead to it. */
  readonly protocols: readonly string[];
  /** That lead to it, alone or among others. */
  readonly routes: readonly string[];
  /** Of the first, where it has several. */
  readonly url: string;
  /** Empty: it has one address. */
  readonly endpoints: readonly ServiceEndpoint[];
}

/** In the order of the file, those that nobody has called among them. */
export function serviceStates(
  { services, serviceRoutes }: Pick<Snapshot, "services" | "serviceRoutes">,
  tallies: Pick<ServiceTallies, "of">,
  pools: readonly PoolState[],
): readonly ServiceState[] {
  return [...services.values()].map((service) => {
    const { id, region, site } = service;
    const leading = serviceRoutes.list.filter((route) => servicesOf(route, serviceRoutes).includes(id));
    return {
      id,
      region: region ?? null,
      protocols: [...new Set(leading.map(({ settings }) => settings.protocol))],
      routes: leading.map((route) => route.id),
      url: urlOf(site),
      endpoints: endpointsOf(service, pools),
      ...tallies.of(id),
    };
  });
}

/** The services that a route leads to. */
const servicesOf = ({ id, settings }: ServiceRouteInfo, routes: ServiceRoutes): readonly string[] =>
  settings.service === undefined ? (routes.graphqlOf(id)?.federated?.services ?? []) : [settings.service];

/** Neither user nor query: it is made of the parsed address. */
const urlOf = ({ origin, basePath }: Site): string => `${origin}${basePath}`;

/** The addresses of a service, where it has several. */
export function endpointsOf(
  { id, addresses }: Pick<Service, "id" | "addresses">,
  pools: readonly PoolState[],
): readonly ServiceEndpoint[] {
  const known = pools.find(({ provider }) => provider === id)?.endpoints ?? [];
  return (addresses?.addresses ?? []).flatMap(({ name, region, endpoints: [site] }) => {
    const state = known.find((one) => one.name === name);
    if (site === undefined || state === undefined) return [];
    return [{ name, url: urlOf(site), region: region ?? null, state: state.state, inFlight: state.inFlight }];
  });
}
