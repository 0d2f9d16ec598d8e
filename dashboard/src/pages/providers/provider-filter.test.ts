import { describe, expect, it } from "vitest";
import type { UpstreamState } from "../../generated/client.ts";
import { fits, linkOf, readFilter } from "./provider-filter.ts";

const now = 1_000_000;
const provider: UpstreamState = {
  ...{ provider: "work", known: "openai", dialect: "openai-chat", dialects: ["openai-chat"], lanes: [] },
  ...{ origin: "https://api.openai.com", region: null, credential: "key", names: ["gpt-*"], profile: null },
  ...{ requests: 1, failures: 0, lastTry: "answered", lastError: null, errors: [], firstByte: null },
};
const error = { at: now - 1000, code: "x", status: 503, model: "m", message: null, requestId: null };

describe("the filter of providers", () => {
  it.for([
    { name: "no filter", filter: {}, is: true },
    { name: "its id", filter: { search: "WOR" }, is: true },
    { name: "its catalogue entry", filter: { search: "openai" }, is: true },
    { name: "its dialect", filter: { search: "-chat" }, is: true },
    { name: "a name that leads to it", filter: { search: "gpt-" }, is: true },
    { name: "something else", filter: { search: "claude" }, is: false },
    { name: "a wish for those that were asked", filter: { state: "asked" }, is: true },
    { name: "a wish for those that fail", filter: { state: "failing" }, is: false },
  ] as const)("by $name shows it: $is", ({ filter, is }) => {
    expect(fits(provider, { state: "", search: "", ...filter }, now)).toBe(is);
  });

  it("counts one as failing whose last error is a moment old", () => {
    const unsteady = { ...provider, errors: [error] };
    expect(fits(unsteady, { state: "failing", search: "" }, now)).toBe(true);
    expect(fits({ ...provider, lastTry: null }, { state: "asked", search: "" }, now)).toBe(false);
  });

  it("stands in the address, and comes back from it", () => {
    const filter = { state: "failing", search: "a b&c" } as const;
    const link = linkOf(filter, "first");
    const { pathname, searchParams } = new URL(link, "http://x");
    expect(pathname).toBe("/providers");
    expect(searchParams.get("open")).toBe("first");
    expect(readFilter(searchParams)).toEqual(filter);
    expect(linkOf({ state: "", search: "" })).toBe("/providers");
    expect(readFilter(new URLSearchParams("state=odd"))).toEqual({ state: "", search: "" });
  });
});
