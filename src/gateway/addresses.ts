import type { RoutingTable } from "../capabilities/routing/index.ts";
import type { ProviderEndpoints } from "../config/provider-endpoints.ts";
import type { Address, AddressPool, Endpoint, HealthChecks, Site } from "../exchange/target.ts";
import { milliseconds } from "../kernel/units.ts";
import { modelsPathOf } from "./endpoints.ts";

/** The addresses of a provider, compiled: each speaks all that the provider does. */
export function addressesOf(
  provider: string,
  { list, balance, hashOn, health }: ProviderEndpoints,
  endpointsAt: (baseUrl: string) => readonly Endpoint[],
): AddressPool {
  return {
    provider,
    balance,
    hashOn,
    addresses: list.map(({ name, baseUrl, weight, region }) => {
      const endpoints = endpointsAt(baseUrl);
      const [first] = endpoints;
      return {
        name,
        weight,
        region,
        endpoints,
        ...(health === undefined || first === undefined ? {} : { check: checkAt(first, health.path) }),
      };
    }),
    ...(health === undefined ? {} : { checks: checksOf(health) }),
  };
}

/** What a provider's address is asked, by default for the list of its models. */
const checkAt = (endpoint: Endpoint, path: string | undefined): NonNullable<Address["check"]> => ({
  path: path ?? modelsPathOf(endpoint),
  headers:
    endpoint.codec.dialect === "anthropic-messages"
      ? [...endpoint.headers, "anthropic-version", "2023-06-01"]
      : endpoint.headers,
});

export function checksOf({
  everyMs,
  timeoutMs,
  ...health
}: NonNullable<ProviderEndpoints["health"]>): HealthChecks {
  const [from = 200, to = from] = health.expect.split("-").map(Number);
  return {
    every: milliseconds(everyMs),
    timeout: milliseconds(timeoutMs),
    healthy: health.healthy,
    unhealthy: health.unhealthy,
    expect: { from, to },
  };
}

/** The providers and services of a configuration that have several addresses. */
export const addressPoolsOf = ({
  table,
  services,
}: {
  readonly table: Pick<RoutingTable, "providers">;
  readonly services: ReadonlyMap<string, { readonly addresses: AddressPool<Site> | undefined }>;
}): readonly AddressPool<Site>[] => [
  ...[...table.providers.values()].flatMap(({ targetOf }) => targetOf("").addresses ?? []),
  ...[...services.values()].flatMap(({ addresses }) => addresses ?? []),
];
