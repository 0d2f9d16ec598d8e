import { protocols } from "../../format/protocols.ts";
import type { ServiceRouteList } from "../../generated/client.ts";

export type ServiceRoute = ServiceRouteList["routes"][number];

export const orders = [
  { value: "", name: "As in the file" },
  { value: "name", name: "By name" },
  { value: "requests", name: "Most requests" },
  { value: "failed", name: "Most failed" },
  { value: "slow", name: "Slowest" },
  { value: "last", name: "Last used" },
] as const;

/** Which routes are shown and in which order, as the address has it; an empty text: all, as in the file. */
export interface RouteFilter {
  readonly protocol: "" | (typeof protocols)[number]["value"];
  readonly search: string;
  readonly order: (typeof orders)[number]["value"];
}

export function readFilter(query: URLSearchParams): RouteFilter {
  return {
    protocol: protocols.find(({ value }) => value === query.get("protocol"))?.value ?? "",
    search: query.get("search") ?? "",
    order: orders.find(({ value }) => value === query.get("order"))?.value ?? "",
  };
}

/** As an address of the page, with the route that is open, if one is. */
export function linkOf(
  { protocol = "", search = "", order = "" }: Partial<RouteFilter>,
  open?: string,
): string {
  const query = new URLSearchParams();
  if (protocol !== "") query.set("protocol", protocol);
  if (search !== "") query.set("search", search);
  if (order !== "") query.set("order", order);
  if (open !== undefined) query.set("open", open);
  return query.size === 0 ? "/routes" : `/routes?${query}`;
}

/** The routes that fit, in the order asked for; those that are alike stand as in the file. */
export function pickRoutes(routes: readonly ServiceRoute[], filter: RouteFilter): readonly ServiceRoute[] {
  const picked = routes.filter((route) => fits(route, filter));
  if (filter.order === "") return picked;
  if (filter.order === "name") return picked.toSorted((a, b) => a.id.localeCompare(b.id));
  const sizeOf = sizes[filter.order];
  return picked.toSorted((a, b) => sizeOf(b) - sizeOf(a));
}

const sizes = {
  requests: ({ traffic }) => traffic.requests,
  failed: ({ traffic }) => traffic.failed,
  slow: ({ traffic }) => traffic.latency_ms?.p99 ?? -1,
  last: ({ traffic }) => traffic.last_at ?? 0,
} as const satisfies Record<Exclude<RouteFilter["order"], "" | "name">, (route: ServiceRoute) => number>;

function fits(route: ServiceRoute, { protocol, search }: RouteFilter): boolean {
  if (protocol !== "" && route.protocol !== protocol) return false;
  const wanted = search.trim().toLowerCase();
  const texts = [route.id, route.path, route.service ?? "", ...route.hosts];
  return texts.some((text) => text.toLowerCase().includes(wanted));
}
