import type { GraphqlRouteList } from "../../generated/client.ts";

export type GraphqlRoute = GraphqlRouteList["routes"][number];
export type Operation = GraphqlRoute["operations"][number];

export const types = [
  { value: "", name: "All types" },
  { value: "query", name: "Queries" },
  { value: "mutation", name: "Mutations" },
  { value: "subscription", name: "Subscriptions" },
  { value: "none", name: "Not taken" },
] as const;

export const orders = [
  { value: "", name: "Last used" },
  { value: "requests", name: "Most requests" },
  { value: "failed", name: "Most not OK" },
  { value: "slow", name: "Slowest" },
  { value: "cost", name: "Costliest" },
] as const;

/** Which operations are shown and in which order, as the address has it; an empty text: all, the last used first. */
export interface OperationFilter {
  readonly route: string;
  readonly type: (typeof types)[number]["value"];
  readonly search: string;
  readonly order: (typeof orders)[number]["value"];
}

export function readFilter(query: URLSearchParams): OperationFilter {
  return {
    route: query.get("route") ?? "",
    type: types.find(({ value }) => value === query.get("type"))?.value ?? "",
    search: query.get("search") ?? "",
    order: orders.find(({ value }) => value === query.get("order"))?.value ?? "",
  };
}

/** As an address of the page. */
export function linkOf(filter: Partial<OperationFilter>): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ""));
  return query.size === 0 ? "/graphql" : `/graphql?${query}`;
}

/** The operations that fit, in the order asked for; those that are alike: the last used first. */
export function pickOperations(
  operations: readonly Operation[],
  { type, search, order }: OperationFilter,
): readonly Operation[] {
  const wanted = search.trim().toLowerCase();
  const picked = operations.filter(
    (operation) =>
      (type === "" || (operation.type ?? "none") === type) &&
      [operation.name ?? "", operation.digest].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (order === "") return picked;
  const sizeOf = sizes[order];
  return picked.toSorted((a, b) => sizeOf(b) - sizeOf(a));
}

const sizes = {
  requests: ({ requests }) => requests,
  failed: ({ errors, failed, refused }) => errors + failed + refused,
  slow: ({ latency_ms: latency }) => latency?.p99 ?? -1,
  cost: ({ cost_max: cost }) => cost ?? -1,
} as const satisfies Record<Exclude<OperationFilter["order"], "">, (operation: Operation) => number>;
