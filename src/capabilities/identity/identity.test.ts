import { describe, expect, it } from "vitest";
import type { ClientKey } from "../../exchange/identity.ts";
import { compileDirectory, mayUse } from "./directory.ts";
import { presentedKeys } from "./presented.ts";

const key = (id: string, revokedAt: number | null = null): ClientKey => ({
  id,
  name: id,
  digest: `digest-${id}`,
  hint: "abcd",
  models: [],
  residency: [],
  createdAt: 0,
  revokedAt,
});

describe("compileDirectory", () => {
  it("knows live keys by their digest and forgets revoked ones", () => {
    const directory = compileDirectory([key("a"), key("b", 1)]);
    expect([...directory.keys()]).toEqual(["digest-a"]);
  });
});

describe("mayUse", () => {
  it("an empty list allows all, any other only what one of its globs fits", () => {
    expect(mayUse([], "x")).toBe(true);
    expect(mayUse([[]], "x")).toBe(true);
    expect(mayUse([["a*", "b"]], "b")).toBe(true);
    expect(mayUse([["a*", "b"]], "c")).toBe(false);
    expect(mayUse([["a*", "b"], ["*"], ["c", "b"]], "b")).toBe(true);
    expect(
      mayUse(
        [
          ["a*", "b"],
          ["c", "b"],
        ],
        "a",
      ),
    ).toBe(false);
  });
});

describe("presentedKeys", () => {
  const from = (headers: Record<string, string>, query = "") => presentedKeys((name) => headers[name], query);
  it.for<{ name: string; headers: Record<string, string>; query?: string; keys: readonly string[] }>([
    { name: "bearer", headers: { authorization: "Bearer sp-1" }, keys: ["sp-1"] },
    { name: "bearer in lower case", headers: { authorization: "bearer sp-1" }, keys: ["sp-1"] },
    { name: "x-api-key", headers: { "x-api-key": "sp-1" }, keys: ["sp-1"] },
    { name: "api-key", headers: { "api-key": "sp-1" }, keys: ["sp-1"] },
    { name: "x-goog-api-key", headers: { "x-goog-api-key": "sp-1" }, keys: ["sp-1"] },
    { name: "query", headers: {}, query: "a=1&key=sp-1", keys: ["sp-1"] },
    {
      name: "the same key twice is one",
      headers: { authorization: "Bearer sp-1", "x-api-key": "sp-1" },
      keys: ["sp-1"],
    },
    {
      name: "two different ones are both told",
      headers: { authorization: "Bearer sp-1", "x-api-key": "sp-2" },
      keys: ["sp-1", "sp-2"],
    },
    {
      name: "a provider's key beside ours is not ours",
      headers: { authorization: "Bearer sk-1", "x-api-key": "sp-2" },
      keys: ["sp-2"],
    },
    { name: "basic is no carrier", headers: { authorization: "Basic sp-1" }, keys: [] },
  ])("$name", ({ headers, query, keys }) => {
    expect(from(headers, query)).toEqual(keys);
  });
});
