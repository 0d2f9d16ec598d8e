import type { OperationFactName, ResponseFactName, TargetFactName } from "../capabilities/policy/index.ts";
import type { ServiceTarget } from "../exchange/service-target.ts";
import type { Site, Target, Upstream } from "../exchange/target.ts";
import { addressClass, isLocalName } from "../kernel/address-class.ts";
import { parseIpAddress } from "../kernel/ip-network.ts";
import type { FactOf, FactValue } from "../ports/expressions.ts";
import type { GraphqlOperation } from "../ports/graphql.ts";
import { boundedFact, headerLists, unknown } from "./bounded-facts.ts";

/** Those of an operation of GraphQL besides, once it was read. */
export function operationFacts({ name, type, cost, depth }: ReadOperation): FactOf {
  const of: Readonly<Record<OperationFactName, FactValue>> = {
    "graphql.operation": name ?? "",
    "graphql.type": type,
    "graphql.cost": cost,
    "graphql.depth": depth,
  };
  const known = new Map<string, FactValue>(Object.entries(of));
  return (fact) => boundedFact(fact, known.get(fact) ?? "");
}

/** What is known of the operation that a request of GraphQL asks for. */
export type ReadOperation = Pick<GraphqlOperation, "name" | "type" | "cost" | "depth">;

/**
 * Those of a target besides: a region that is not known is empty, and a service has no prices. A price that nobody knows
 * cannot be told.
 */
export function targetFacts(
  target: Upstream,
  price: () => { readonly in: number; readonly out: number } | undefined,
): FactOf {
  const of: Readonly<Record<TargetFactName, () => FactValue>> = {
    "target.provider": () => target.provider,
    "target.model": () => target.model,
    "target.region": () => target.region ?? "",
    "target.private": () => isPrivate(target),
    "target.price_in": () => priceIn(target, price()?.in),
    "target.price_out": () => priceIn(target, price()?.out),
  };
  const known = new Map<string, () => FactValue>(Object.entries(of));
  return (name) => known.get(name)?.() ?? "";
}

/** Those of an answer besides. `headers`: a flat list. */
export function responseFacts(status: number, headers: readonly string[], region: string): FactOf {
  const of: Readonly<Record<ResponseFactName, () => FactValue>> = {
    "response.status": () => status,
    "response.headers": () => headerLists(headers),
    "response.region": () => region,
  };
  const known = new Map<string, () => FactValue>(Object.entries(of));
  return (name, key) => boundedFact(name, known.get(name)?.() ?? "", key);
}

function priceIn(target: Upstream, known: number | undefined): number {
  if (known !== undefined) return known;
  if (isTarget(target)) throw unknown(`the price of \`${target.provider}/${target.model}\` is not known`);
  return 0;
}

/** Whether its addresses are of a private network, or names that only one knows. @throws Where some are and some are not. */
function isPrivate(target: Upstream): boolean {
  const sites = sitesOf(target).map(({ origin }) => isPrivateHost(hostIn(origin)));
  const [first = false] = sites;
  if (sites.some((one) => one !== first))
    throw unknown("some of its addresses are private, and some are not");
  return first;
}

function sitesOf(target: Upstream): readonly Site[] {
  if (isTarget(target))
    return target.addresses?.addresses.flatMap(({ endpoints }) => endpoints) ?? target.endpoints;
  if (!isService(target)) return [];
  return target.addresses?.addresses.flatMap(({ endpoints }) => endpoints) ?? [target.site];
}

/** Of `https://host:port`; without the brackets of an address. */
const hostIn = (origin: string): string =>
  /^https?:\/\/(?:\[([^\]]*)\]|([^:/]*))/.exec(origin)?.slice(1).join("") ?? "";

function isPrivateHost(name: string): boolean {
  return parseIpAddress(name) === undefined ? isLocalName(name) : addressClass(name) !== "public";
}

const isService = (target: Upstream): target is ServiceTarget => "site" in target;

const isTarget = (target: Upstream): target is Target => "endpoints" in target;
