import { describe, expect, it } from "vitest";
import { asQuery, isEverything, printFilter, readFilter, requestsOf } from "./request-filter.ts";

describe("the filter of requests", () => {
  it("stands in the address, comes back from it, and is asked for as it is", () => {
    const filter = { status: "error", model: "m/1", route: "a b&c", search: "x=1", keyId: "key_1" } as const;
    expect(readFilter(new URLSearchParams(printFilter(filter)))).toEqual(filter);
    expect(asQuery(filter)).toEqual(filter);
  });

  it("asks for nothing where it is empty, or but blank", () => {
    const empty = readFilter(new URLSearchParams("status=odd"));
    expect(isEverything(empty)).toBe(true);
    expect(asQuery({ ...empty, model: " ", route: " ", search: " ", keyId: " " })).toEqual({});
  });

  it("is of one route, whatever its name", () => {
    const { pathname, searchParams } = new URL(requestsOf("a b&c"), "http://x");
    expect(pathname).toBe("/requests");
    expect(asQuery(readFilter(searchParams))).toEqual({ route: "a b&c" });
  });
});
