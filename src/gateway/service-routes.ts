import type { Config } from "../config/schema.ts";
import type { Refuser } from "../exchange/codec.ts";
import type { Route } from "../exchange/exchange.ts";
import type { ServiceProtocol, ServiceRule } from "../exchange/service.ts";
import { bytes, milliseconds } from "../kernel/units.ts";
import type { Service } from "./services.ts";

/** A request's head, canonical, as routes of services look at it. */
export interface ServiceKey {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly header: (name: string) => string | undefined;
}

export type ServiceRoute = Extract<Route, { kind: "service" }>;

/** The routes of a configuration to its services. */
export interface ServiceRoutes {
  readonly list: readonly ServiceRouteInfo[];
  /** `undefined`: none leads there; a list: the methods that some of them would take. */
  readonly find: (key: ServiceKey) => ServiceRoute | readonly string[] | undefined;
}

/** One of them, as it is shown. */
export interface ServiceRouteInfo {
  readonly id: string;
  readonly settings: Config["routes"][string];
  readonly rule: ServiceRule;
}

/** @param refusers By protocol: how its clients are told of refusals. */
export function compileServiceRoutes(
  { routes, server }: Pick<Config, "routes" | "server">,
  services: ReadonlyMap<string, Service>,
  refusers: Readonly<Record<ServiceProtocol, Refuser>>,
): ServiceRoutes {
  const list = Object.entries(routes).flatMap(([id, settings]): readonly ServiceRouteInfo[] => {
    const service = services.get(settings.service ?? "");
    if (service === undefined) return [];
    const target = service.targetOf(settings.protocol);
    const rule: ServiceRule = {
      target: {
        ...target,
        ...(settings.headMs === undefined ? {} : { headTimeout: milliseconds(settings.headMs) }),
        ...(settings.idleMs === undefined ? {} : { idleTimeout: milliseconds(settings.idleMs) }),
      },
      auth: settings.auth,
      preserveHost: settings.preserveHost,
      bodyBytesMax: bytes(settings.bodyBytesMax ?? server.limits.streamedBodyBytesMax),
    };
    return [{ id, settings, rule }];
  });
  return {
    list,
    find: ({ path, method }) => {
      const found = list.filter(({ settings }) => {
        const prefix = settings.path.endsWith("/*") ? settings.path.slice(0, -2) : undefined;
        return prefix === undefined
          ? path === settings.path
          : path === prefix || path.startsWith(`${prefix}/`);
      });
      const fitting = found.find(
        ({ settings }) => settings.methods.length === 0 || settings.methods.includes(method),
      );
      if (fitting !== undefined)
        return {
          kind: "service",
          id: fitting.id,
          method: "*",
          codec: refusers[fitting.settings.protocol],
          rule: fitting.rule,
          captures: new Map(),
        };
      return found.length === 0 ? undefined : found.flatMap(({ settings }) => settings.methods);
    },
  };
}
