import type { Config } from "../config/schema.ts";
import type { Refuser } from "../exchange/codec.ts";
import type { ServiceProtocol } from "../exchange/dialect.ts";
import type { Route } from "../exchange/exchange.ts";
import type { ServiceRule } from "../exchange/service-target.ts";
import { bytes, milliseconds } from "../kernel/units.ts";
import type { Expressions } from "../ports/expressions.ts";
import { decideCors } from "../protocols/grpc/index.ts";
import {
  createRouteMatcher,
  type OwnedNames,
  ownedNames,
  type RouteMatcher,
  type RouteRule,
} from "../protocols/rest/index.ts";
import type { GraphqlParts } from "./graphql-kept.ts";
import { compileGraphqlRoute, type GraphqlRoute } from "./graphql-routes.ts";
import { grpcRefuser } from "./grpc-refuser.ts";
import { patternOf, ruleOf, type Transforms, transformsOf } from "./route-rules.ts";
import { type RouteCondition, routeCondition, type ValueFacts } from "./service-facts.ts";
import type { Service } from "./services.ts";
import { graphqlSocketRules, socketRules } from "./socket-rules.ts";

/** A request's head, canonical, as routes of services look at it. */
export type ServiceKey = Parameters<RouteMatcher["match"]>[0] & {
  readonly header: (name: string) => string | undefined;
};

export type GrpcSettings = Config["routes"][string]["grpc"];

export type ServiceRoute = Extract<Route, { kind: "service" }>;

/** The routes of a configuration to its services. */
export interface ServiceRoutes {
  readonly list: readonly ServiceRouteInfo[];
  /** What the route of a request changes on its way. */
  readonly transformsOf: (id: string, asked: () => ValueFacts) => Transforms | undefined;
  /** Names that are set towards the service of a route, by the gateway or its operator: no client brings them, not even as trailers. */
  readonly ownedOf: (id: string) => OwnedNames;
  /** What the operator says of a route. */
  readonly labelsOf: (id: string) => Readonly<Record<string, string>>;
  /** What holds for its calls of gRPC. */
  readonly grpcOf: (id: string) => GrpcSettings | undefined;
  /** What holds for operations of GraphQL on a route; `undefined`: it is none of GraphQL. */
  readonly graphqlOf: (id: string) => GraphqlRoute | undefined;
  /** `undefined`: none leads there; a list: the methods that some of them would take. */
  readonly find: (key: ServiceKey) => ServiceRoute | readonly string[] | undefined;
}

/** One of them, as it is shown. */
export interface ServiceRouteInfo {
  readonly id: string;
  readonly settings: Config["routes"][string];
  readonly rule: ServiceRule;
}

interface Compiled extends ServiceRouteInfo, RouteRule {
  readonly condition: RouteCondition | undefined;
  readonly transformsOf: ReturnType<typeof transformsOf>;
  readonly owned: OwnedNames;
  readonly graphql: GraphqlRoute | undefined;
}

export const noServiceRoutes: ServiceRoutes = {
  list: [],
  transformsOf: () => undefined,
  ownedOf: () => ownedNames([]),
  labelsOf: () => ({}),
  grpcOf: () => undefined,
  graphqlOf: () => undefined,
  find: () => undefined,
};

/** @param refusers By protocol: how its clients are told of refusals. */
export function compileServiceRoutes(
  config: Pick<Config, "routes" | "server" | "graphqlFiles">,
  services: ReadonlyMap<string, Service>,
  {
    refusers,
    expressions,
    graphql: tools,
  }: {
    readonly refusers: Readonly<Record<ServiceProtocol, Refuser>>;
    readonly expressions: Expressions;
    /** Absent: no operation of GraphQL is run. */
    readonly graphql?: GraphqlParts | undefined;
  },
): ServiceRoutes {
  const list = Object.entries(config.routes).flatMap(([id, settings]): readonly Compiled[] => {
    const graphql =
      settings.protocol === "graphql" && tools !== undefined
        ? compileGraphqlRoute({ id, settings, files: config.graphqlFiles ?? {} }, services, tools)
        : undefined;
    const service = services.get(settings.service ?? graphql?.federated?.services[0] ?? "");
    const path = patternOf(settings);
    if (service === undefined || path === undefined) return [];
    return [
      {
        ...ruleOf(id, settings, path),
        settings,
        rule: serviceRule(settings, service, config),
        condition: routeCondition(settings.when, expressions),
        transformsOf: transformsOf(settings, path, expressions),
        owned: ownedToward(service, settings),
        graphql,
      },
    ];
  });
  if (list.length === 0) return noServiceRoutes;
  const matcher = createRouteMatcher(list);
  const byId = new Map(list.map((one) => [one.id, one]));
  return {
    list,
    graphqlOf: (id) => byId.get(id)?.graphql,
    transformsOf: (id, asked) => byId.get(id)?.transformsOf(asked),
    ownedOf: (id) => byId.get(id)?.owned ?? noServiceRoutes.ownedOf(id),
    labelsOf: (id) => byId.get(id)?.settings.labels ?? {},
    grpcOf: (id) => byId.get(id)?.settings.grpc,
    find: (key) => {
      for (const { rule: found, captures } of matcher.match(key)) {
        if (found.condition !== undefined && !found.condition(key)) continue;
        const { id, rule, settings } = found;
        const route = { kind: "service", id, method: "*", captures } as const;
        const codec = refusers[settings.protocol];
        if (settings.protocol !== "grpc") return { ...route, codec, rule };
        const asked = { rawHeaders: key.rawHeaders, origins: settings.grpc.origins };
        const isAsked = decideCors(key.method, key.rawHeaders, settings.grpc.origins).kind === "preflight";
        // A browser asks without its key whether it may send it.
        return {
          ...route,
          codec: grpcRefuser(key, codec, asked),
          rule: isAsked ? { ...rule, auth: "none" } : rule,
        };
      }
      const allowed = matcher.allowed(key);
      return allowed.length === 0 ? undefined : allowed;
    },
  };
}

function ownedToward({ site }: Service, { request }: Config["routes"][string]): OwnedNames {
  const credentials = site.headers.filter((_, index) => index % 2 === 0);
  const { set = {}, compute = {}, remove = [] } = request?.headers ?? {};
  return ownedNames([...credentials, ...Object.keys(set), ...Object.keys(compute), ...remove]);
}

function serviceRule(
  {
    protocol,
    auth,
    signature,
    preserveHost,
    bodyBytesMax,
    headMs,
    idleMs,
    websocket,
    graphql,
  }: Config["routes"][string],
  service: Service,
  { server: { limits } }: Pick<Config, "server">,
): ServiceRule {
  return {
    target: {
      ...service.targetOf(protocol),
      ...(headMs === undefined ? {} : { headTimeout: milliseconds(headMs) }),
      ...(idleMs === undefined ? {} : { idleTimeout: milliseconds(idleMs) }),
    },
    auth: typeof auth === "string" ? auth : "required",
    ...(typeof auth === "string" ? {} : { accepts: auth }),
    signature,
    preserveHost,
    bodyBytesMax: bytes(bodyBytesMax ?? limits.streamedBodyBytesMax),
    ...(protocol === "websocket" ? { sockets: socketRules(websocket) } : {}),
    ...(protocol === "graphql" ? { sockets: graphqlSocketRules(graphql) } : {}),
  };
}
