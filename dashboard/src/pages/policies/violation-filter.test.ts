import { describe, expect, it } from "vitest";
import { readViolationFilter, violationsLink, violationsQuery } from "./violation-filter.ts";

const all = { policy: "", mode: "", key: "", since: "", until: "" } as const;

describe("the filter of violations", () => {
  it("is read from the address that it was written to", () => {
    const filter = {
      policy: "night",
      mode: "shadow",
      key: "key_a",
      since: "2026-11-01",
      until: "2026-11-02",
    } as const;
    const address = new URL(violationsLink(filter), "http://gate");
    expect(readViolationFilter(address.searchParams)).toEqual(filter);
    expect(violationsLink(all)).toBe("/policies");
  });

  it("leaves out of the address what it cannot be", () => {
    expect(readViolationFilter(new URLSearchParams("mode=off&since=yesterday&until=1"))).toEqual(all);
  });

  it("asks for whole days, the last one included, and for nothing that was not chosen", () => {
    expect(violationsQuery({ ...all, since: "2026-11-01", until: "2026-11-01" })).toEqual({
      since: Date.UTC(2026, 10, 1),
      until: Date.UTC(2026, 10, 2),
    });
    expect(violationsQuery(all)).toEqual({});
  });
});
