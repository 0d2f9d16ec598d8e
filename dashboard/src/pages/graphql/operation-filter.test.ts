import { describe, expect, it } from "vitest";
import { linkOf, type Operation, pickOperations, readFilter } from "./operation-filter.ts";

const operation = (digest: string, part: Partial<Operation>): Operation => ({
  ...{ name: null, type: "query", digest, requests: 1, errors: 0, failed: 0, refused: 0, last_at: 1 },
  ...{ latency_ms: null, cost_max: null, depth_max: null, ...part },
});

const operations = [
  operation("aa", { name: "Users", requests: 9, latency_ms: { p50: 2, p99: 5 }, cost_max: 4 }),
  operation("bb", { type: "mutation", name: "Rename", errors: 2, failed: 1, latency_ms: { p50: 1, p99: 7 } }),
  operation("cc", { type: null, refused: 1 }),
  operation("dd", { type: "subscription", cost_max: 8 }),
];
const everything = { route: "", type: "", search: "", order: "" } as const;

describe("pickOperations", () => {
  it.for([
    { name: "no filter", filter: {}, digests: ["aa", "bb", "cc", "dd"] },
    { name: "a type", filter: { type: "mutation" }, digests: ["bb"] },
    { name: "a wish for those that were not taken", filter: { type: "none" }, digests: ["cc"] },
    { name: "a name", filter: { search: " user" }, digests: ["aa"] },
    { name: "a digest", filter: { search: "DD" }, digests: ["dd"] },
    { name: "the most requests", filter: { order: "requests" }, digests: ["aa", "bb", "cc", "dd"] },
    { name: "the most that were not OK", filter: { order: "failed" }, digests: ["bb", "cc", "aa", "dd"] },
    { name: "the slowest", filter: { order: "slow" }, digests: ["bb", "aa", "cc", "dd"] },
    { name: "the costliest", filter: { order: "cost" }, digests: ["dd", "aa", "bb", "cc"] },
  ] as const)("by $name shows $digests", ({ filter, digests }) => {
    const picked = pickOperations(operations, { ...everything, ...filter });
    expect(picked.map(({ digest }) => digest)).toEqual(digests);
  });
});

describe("the filter of operations", () => {
  it("stands in the address, and comes back from it", () => {
    const filter = { route: "graph", type: "none", search: "a b&c", order: "slow" } as const;
    const { pathname, searchParams } = new URL(linkOf(filter), "http://x");
    expect(pathname).toBe("/graphql");
    expect(readFilter(searchParams)).toEqual(filter);
    expect(linkOf(everything)).toBe("/graphql");
    expect(readFilter(new URLSearchParams("type=odd&order=odd"))).toEqual(everything);
  });
});
