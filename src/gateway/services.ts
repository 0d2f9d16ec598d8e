import { commonZones, type RegionsSettings } from "../capabilities/residency/index.ts";
import type { Config } from "../config/schema.ts";
import type { ServiceConfig } from "../config/services.ts";
import type { OutboundSignature } from "../config/signature-settings.ts";
import type { ServiceProtocol } from "../exchange/dialect.ts";
import type { ServiceTarget, SubscriptionSockets } from "../exchange/service-target.ts";
import type { AddressPool, Site, UpstreamTls } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import { checksOf } from "./addresses.ts";

/** One service, compiled. */
export interface Service {
  readonly id: string;
  readonly region: string | undefined;
  readonly zones: ReadonlySet<string>;
  readonly site: Site;
  readonly addresses: AddressPool<Site> | undefined;
  /** As one protocol is spoken to it. */
  readonly targetOf: (protocol: ServiceProtocol) => ServiceTarget;
}

/** The services of a configuration by name. */
export const compileServices = (
  { services, regions }: Pick<Config, "services" | "regions">,
  signerOf?: SignerOf,
): ReadonlyMap<string, Service> =>
  new Map(Object.values(services).map((service) => [service.id, compileService(service, regions, signerOf)]));

/** Makes what signs requests; throws where the key is none. */
export type SignerOf = (settings: OutboundSignature) => NonNullable<Site["sign"]>;

function compileService(
  service: ServiceConfig,
  { zones: own }: RegionsSettings,
  signerOf: SignerOf | undefined,
): Service {
  const { id, region, endpoints, timeouts, identityHeaders, identityToken } = service;
  const subscriptions = subscriptionsOf(service);
  const tls = tlsOf(service);
  const sign = service.sign && signerOf?.(service.sign);
  const headers = Object.entries(service.headers).flatMap(([name, value]) => [name, value.reveal()]);
  const siteAt = (baseUrl: string): Site => {
    // oxlint-disable-next-line eslint/no-restricted-globals -- an operator's base URL, checked by `config`; never a request target.
    const { origin, pathname } = new URL(baseUrl);
    return {
      origin,
      basePath: pathname.replace(/\/+$/, ""),
      headers,
      ...(tls === undefined ? {} : { tls }),
      ...(sign === undefined ? {} : { sign, signer: service.sign?.keyId ?? "" }),
    };
  };
  const site = siteAt(service.baseUrl);
  const addresses = endpoints && addressesAt(id, endpoints, siteAt);
  // Which of several addresses a request goes to is chosen after its bounds were held against the service.
  const zones = commonZones(endpoints?.list.map((one) => one.region) ?? [region], own);
  const targets = new Map<ServiceProtocol, ServiceTarget>();
  const make = (protocol: ServiceProtocol): ServiceTarget => ({
    provider: id,
    model: protocol,
    region,
    zones,
    site,
    ...(addresses === undefined ? {} : { addresses }),
    http: service.http ?? (protocol === "grpc" ? "2" : "1.1"),
    ...(protocol === "graphql" && subscriptions !== undefined ? { subscriptions } : {}),
    ...(identityHeaders || identityToken ? { tells: { names: identityHeaders, token: identityToken } } : {}),
    connectTimeout: milliseconds(timeouts.connectMs),
    headTimeout: milliseconds(timeouts.headMs),
    idleTimeout: milliseconds(timeouts.idleMs),
  });
  return {
    id,
    region,
    zones,
    site,
    addresses,
    targetOf: (protocol) => {
      const target = targets.get(protocol) ?? make(protocol);
      targets.set(protocol, target);
      return target;
    },
  };
}

function addressesAt(
  provider: string,
  { list, balance, hashOn, health }: NonNullable<ServiceConfig["endpoints"]>,
  siteAt: (baseUrl: string) => Site,
): AddressPool<Site> {
  return {
    provider,
    balance,
    hashOn,
    addresses: list.map(({ name, baseUrl, weight, region }) => {
      const site = siteAt(baseUrl);
      const { path } = health ?? {};
      return {
        name,
        weight,
        region,
        endpoints: [site],
        ...(path === undefined ? {} : { check: { path, headers: site.headers } }),
      };
    }),
    ...(health === undefined ? {} : { checks: checksOf(health) }),
  };
}

/** Where they are asked for on WebSockets; absent: they are asked for by events. */
function subscriptionsOf({ graphql }: ServiceConfig): SubscriptionSockets | undefined {
  if (graphql?.subscriptions !== "ws") return undefined;
  const { subscriptionsPath: path } = graphql;
  return path === undefined ? {} : { path };
}

/** One object for all sites of a service: it stands for its connections. */
function tlsOf({ tls }: ServiceConfig): UpstreamTls | undefined {
  if (tls === undefined) return undefined;
  const { ca, cert, key, serverName, isUnverified } = tls;
  return {
    ...(ca === undefined ? {} : { ca: ca.reveal() }),
    ...(cert === undefined ? {} : { cert: cert.reveal() }),
    ...(key === undefined ? {} : { key: key.reveal() }),
    ...(serverName === undefined ? {} : { serverName }),
    isUnverified,
  };
}
