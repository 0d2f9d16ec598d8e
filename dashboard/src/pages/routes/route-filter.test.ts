import { describe, expect, it } from "vitest";
import { linkOf, pickRoutes, readFilter, type ServiceRoute } from "./route-filter.ts";

function route(id: string, part: Partial<ServiceRoute>, traffic: Partial<ServiceRoute["traffic"]> = {}) {
  return {
    ...{ id, protocol: "rest", path: "/", hosts: [], methods: [], when: null, service: null },
    ...{ auth: "required", rewrite: null, ...part },
    traffic: {
      ...{ requests: 0, refused: 0, rejects: {}, failed: 0, latency_ms: null, bytes_in: 0, bytes_out: 0 },
      ...{ last_at: null, last_error: null },
      ...traffic,
    },
  } as const satisfies ServiceRoute;
}

const routes = [
  route("users", { path: "/people/*", service: "accounts" }, { requests: 2, failed: 2, last_at: 5 }),
  route(
    "graph",
    { protocol: "graphql", path: "/graphql", hosts: ["API.example.com"] },
    { last_at: 9, latency_ms: { p50: 1, p99: 2 } },
  ),
  route("orders", { path: "/orders", service: "shop" }, { requests: 7, failed: 1 }),
];
const everything = { protocol: "", search: "", order: "" } as const;
const namesOf = (filter: Parameters<typeof pickRoutes>[1]) => pickRoutes(routes, filter).map(({ id }) => id);

describe("pickRoutes", () => {
  it.for([
    { name: "no filter", filter: {}, ids: ["users", "graph", "orders"] },
    { name: "a name", filter: { search: "ORD" }, ids: ["orders"] },
    { name: "a path", filter: { search: "/people" }, ids: ["users"] },
    { name: "a service", filter: { search: " shop " }, ids: ["orders"] },
    { name: "a host", filter: { search: "api.example" }, ids: ["graph"] },
    { name: "a protocol", filter: { protocol: "graphql" }, ids: ["graph"] },
    {
      name: "a protocol that is not that of the name",
      filter: { protocol: "grpc", search: "graph" },
      ids: [],
    },
    { name: "the order of names", filter: { order: "name" }, ids: ["graph", "orders", "users"] },
    { name: "the most requests", filter: { order: "requests" }, ids: ["orders", "users", "graph"] },
    { name: "the most failures", filter: { order: "failed" }, ids: ["users", "orders", "graph"] },
    { name: "the slowest", filter: { order: "slow" }, ids: ["graph", "users", "orders"] },
    { name: "the last use", filter: { order: "last" }, ids: ["graph", "users", "orders"] },
  ] as const)("by $name shows $ids", ({ filter, ids }) => {
    expect(namesOf({ ...everything, ...filter })).toEqual(ids);
  });
});

describe("the filter of routes", () => {
  it("stands in the address, and comes back from it", () => {
    const filter = { protocol: "grpc", search: "a b&c", order: "failed" } as const;
    const { pathname, searchParams } = new URL(linkOf(filter, "orders"), "http://x");
    expect(pathname).toBe("/routes");
    expect(searchParams.get("open")).toBe("orders");
    expect(readFilter(searchParams)).toEqual(filter);
    expect(linkOf(everything)).toBe("/routes");
    expect(readFilter(new URLSearchParams("protocol=odd&order=odd"))).toEqual(everything);
  });
});
