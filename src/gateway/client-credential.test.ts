import { describe, expect, it } from "vitest";
import { credentialHeaders, queryWithoutKey } from "./client-credential.ts";

const key = "sp-0123456789ab-secret";

describe("a gateway key goes no further", () => {
  it.for([
    { name: "as a bearer", headers: { authorization: `Bearer ${key}` }, taken: ["authorization"] },
    { name: "of another scheme", headers: { authorization: `Token ${key}` }, taken: ["authorization"] },
    {
      name: "behind another value of a doubled header",
      headers: { "x-api-key": `own, ${key}` },
      taken: ["x-api-key"],
    },
    { name: "quoted", headers: { "api-key": `"${key}"` }, taken: ["api-key"] },
    {
      name: "beside a key of the service",
      headers: { "x-api-key": key, "api-key": "own" },
      taken: ["x-api-key"],
    },
    { name: "that is none", headers: { "x-api-key": "wasp-0123", authorization: "Bearer own" }, taken: [] },
  ])("in a header, $name", ({ headers, taken }) => {
    const given: Readonly<Record<string, string | undefined>> = headers;
    expect(credentialHeaders((name) => given[name], [])).toEqual(taken);
  });

  it.for([
    { query: `key=${key}`, rest: "" },
    { query: `a=1&key=${key}&b=%20`, rest: "a=1&b=%20" },
    { query: `a=1&k%65y=${key}`, rest: "a=1" },
    { query: `key=sp%2D0123456789ab&b=%zz`, rest: "b=%zz" },
    { query: "key=own&monkey=sp-1&%6bey=own", rest: "key=own&monkey=sp-1&%6bey=own" },
  ])("in a query, however it is written: $query", ({ query, rest }) => {
    expect(queryWithoutKey(query)).toBe(rest);
  });
});
