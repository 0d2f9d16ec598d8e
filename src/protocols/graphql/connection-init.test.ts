import { describe, expect, it } from "vitest";
import { greetingOf, initFields } from "./connection-init.ts";

const read = (payload: unknown, name = "authorization") => initFields(payload).map((field) => field(name));

describe("initFields", () => {
  it.for<{ name: string; payload: unknown; expected: readonly (string | undefined)[] }>([
    { name: "a member", payload: { authorization: "a" }, expected: ["a", undefined] },
    { name: "a member in capitals", payload: { Authorization: "a" }, expected: ["a", undefined] },
    { name: "a header", payload: { headers: { AUTHORIZATION: "b" } }, expected: [undefined, "b"] },
    {
      name: "both, which may differ",
      payload: { authorization: "a", headers: { authorization: "b" } },
      expected: ["a", "b"],
    },
    {
      name: "the first of two that differ in case",
      payload: { authorization: "a", Authorization: "b" },
      expected: ["a", undefined],
    },
    { name: "no text", payload: { authorization: ["a"], headers: "b" }, expected: [undefined, undefined] },
    { name: "no payload", payload: undefined, expected: [undefined, undefined] },
    { name: "null", payload: null, expected: [undefined, undefined] },
    { name: "a list", payload: ["authorization"], expected: [undefined, undefined] },
  ])("reads $name", ({ payload, expected }) => {
    expect(read(payload)).toEqual(expected);
  });

  it("reads what is written in the place of headers", () => {
    expect(read(greetingOf(["authorization", "a", "x-tenant", "b"]), "X-Tenant".toLowerCase())).toEqual([
      "b",
      "b",
    ]);
    expect(greetingOf([])).toBeUndefined();
  });

  it("does not read what objects have by birth", () => {
    expect(read({}, "constructor")).toEqual([undefined, undefined]);
    expect(read({}, "__proto__")).toEqual([undefined, undefined]);
  });
});
