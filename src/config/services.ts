import { nearestNames } from "../kernel/nearest.ts";
import type { Reach } from "../ports/dial-guard.ts";
import { checkBaseUrl } from "./base-url.ts";
import { type Finding, suggestion } from "./problem.ts";
import { checkEndpoints, endpointsOf, type ProviderEndpoints, withBaseUrl } from "./provider-endpoints.ts";
import { checkReach, reachOf } from "./reach.ts";
import { checkHeaders } from "./resolve-provider.ts";
import type { RouteSettings } from "./route-settings.ts";
import type { ServiceSettings } from "./service-settings.ts";

/** A service with all that follows from what is written of it. */
export interface ServiceConfig
  extends Pick<
    ServiceSettings,
    | "headers"
    | "identityHeaders"
    | "identityToken"
    | "region"
    | "timeouts"
    | "tls"
    | "http"
    | "graphql"
    | "sign"
  > {
  readonly id: string;
  /** Without a final slash; of the first of its addresses, if there are several. */
  readonly baseUrl: string;
  /** Absent: it is at `baseUrl` alone. */
  readonly endpoints?: ProviderEndpoints;
  /** Absent: as far as its name says. */
  readonly reach?: Reach;
}

/** The sections that are looked at. */
interface Written {
  readonly services: Readonly<Record<string, ServiceSettings>>;
  readonly routes: Readonly<Record<string, RouteSettings>>;
  readonly providers: Readonly<Record<string, unknown>>;
}

/** The services in the file's order, as far as nothing is wrong with them. */
export function servicesOf({ services }: Pick<Written, "services">): readonly ServiceConfig[] {
  return Object.entries(services).map(([id, written]): ServiceConfig => {
    const { headers, region, timeouts, tls, http, graphql, sign, baseUrl = "" } = withBaseUrl(written);
    const { identityHeaders, identityToken } = written;
    const [endpoints, reach] = [endpointsOf(written), reachOf(written)];
    return {
      id,
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      ),
      timeouts,
      ...{ identityHeaders, identityToken },
      baseUrl: baseUrl.replace(/\/+$/, ""),
      ...(region === undefined ? {} : { region }),
      ...(tls === undefined ? {} : { tls }),
      ...(http === undefined ? {} : { http }),
      ...(graphql === undefined ? {} : { graphql }),
      ...(sign === undefined ? {} : { sign }),
      ...(endpoints === undefined ? {} : { endpoints }),
      ...(reach === undefined ? {} : { reach }),
    };
  });
}

/** What is wrong with services, and with the routes that lead to them. */
export function checkServices(written: Written): readonly Finding[] {
  const { services, providers, routes } = written;
  return [
    ...Object.entries(services).flatMap(([name, settings]) => [
      ...checkName(name, Object.keys(providers)),
      ...checkPlace(name, settings),
      ...checkReach(["services", name], settings),
      ...checkEndpoints(["services", name], settings),
      ...checkHealth(name, settings),
      ...checkHeaders(["services", name], settings),
      ...checkTls(name, settings),
      ...checkSubscriptions(name, settings),
    ]),
    ...Object.entries(routes).flatMap(([name, { service, graphql }]) => [
      ...(service === undefined && graphql?.supergraph !== undefined
        ? []
        : checkGoal(name, service, Object.keys(services))),
      ...Object.entries(graphql?.subgraphs ?? {}).flatMap(([subgraph, { service: goal }]) =>
        Object.hasOwn(services, goal)
          ? []
          : [
              {
                path: ["routes", name, "graphql", "subgraphs", subgraph, "service"],
                message: `\`${goal}\` is no service of this file`,
                at: "value",
              } as const,
            ],
      ),
    ]),
  ];
}

/** Breakers, endpoints and figures go by the name. */
function checkName(name: string, providers: readonly string[]): readonly Finding[] {
  if (!providers.includes(name)) return [];
  const message = `\`${name}\` is a provider already; call the service something else`;
  return [{ path: ["services", name], message, at: "name" }];
}

function checkPlace(name: string, { baseUrl, endpoints }: ServiceSettings): readonly Finding[] {
  const path = ["services", name];
  if (baseUrl !== undefined) return checkBaseUrl(baseUrl, [...path, "baseUrl"]);
  if (endpoints !== undefined) return [];
  const message = `the service \`${name}\` needs \`baseUrl\`, for example \`baseUrl: http://127.0.0.1:3000\``;
  return [{ path, message, at: "name" }];
}

function checkHealth(name: string, { health }: ServiceSettings): readonly Finding[] {
  if (health?.models === undefined) return [];
  const message = "a service has no list of models to ask for; say `path`, for example `path: /health`";
  return [{ path: ["services", name, "health", "models"], message, at: "name" }];
}

function checkTls(name: string, { tls }: ServiceSettings): readonly Finding[] {
  if (tls === undefined || (tls.cert === undefined) === (tls.key === undefined)) return [];
  const [given, missing] = tls.cert === undefined ? ["key", "cert"] : ["cert", "key"];
  const message = `\`services.${name}.tls\` has \`${given}\` and no \`${missing}\`; they go together`;
  return [{ path: ["services", name, "tls"], message, at: "name" }];
}

function checkSubscriptions(name: string, { http, graphql }: ServiceSettings): readonly Finding[] {
  if (graphql === undefined) return [];
  const path = ["services", name, "graphql"];
  const { subscriptions, subscriptionsPath } = graphql;
  if (subscriptions === "ws" && http === "2") {
    const message = `sockets for subscriptions are opened by HTTP/1.1, and \`services.${name}.http\` is \`2\``;
    return [{ path: [...path, "subscriptions"], message, at: "value" }];
  }
  if (subscriptions === "ws" || subscriptionsPath === undefined) return [];
  const message = `\`subscriptionsPath\` is of sockets: it needs \`subscriptions: ws\` beside it`;
  return [{ path: [...path, "subscriptionsPath"], message, at: "name" }];
}

function checkGoal(
  name: string,
  service: string | undefined,
  services: readonly string[],
): readonly Finding[] {
  const path = ["routes", name];
  if (service === undefined)
    return [{ path, message: `the route \`${name}\` needs \`service\`: where it leads`, at: "name" }];
  if (services.includes(service)) return [];
  const near = nearestNames(service, services, 2);
  const hint = near.length > 0 ? suggestion(near) : "";
  const message = `\`${service}\` is no service of this file${hint}`;
  return [{ path: [...path, "service"], message, at: "value" }];
}
