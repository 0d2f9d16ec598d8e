import { describe, expect, it } from "vitest";
import { withComputed } from "./computed-edits.ts";
import { readPathPattern } from "./path-pattern.ts";
import { compileTransforms, noFieldEdits } from "./transforms.ts";

const path = readPathPattern("/*");
const compiled =
  path.kind === "pattern"
    ? compileTransforms(
        {
          request: {
            headers: { ...noFieldEdits, set: { a: "1" } },
            query: noFieldEdits,
            body: [{ remove: "/b" }],
          },
          response: { headers: noFieldEdits, body: [], status: { 404: 410 } },
        },
        { path: path.pattern, owned: new Set() },
      )
    : undefined;
const nothing = { request: { headers: {}, query: {}, body: {} }, response: { headers: {}, body: {} } };
const factOf = (name: string) => name;

describe("withComputed", () => {
  if (compiled?.kind !== "transforms") throw new Error("the settings are broken");
  const { transforms } = compiled;

  it("sets what is made beside what is written down", () => {
    const made = withComputed(
      transforms,
      {
        request: {
          headers: { x: (of) => ({ value: of("f") === "f" ? "f" : "another" }) },
          query: { q: () => ({ value: 7 }) },
          body: { "/n": () => ({ value: 1.5 }) },
        },
        response: { headers: { y: () => ({ value: true }) }, body: {} },
      },
      factOf,
    );
    expect(made.request).toEqual({
      headers: { set: { a: "1", x: "f" }, add: {}, remove: [] },
      query: { set: { q: "7" }, add: {}, remove: [] },
      body: [{ remove: "/b" }, { set: "/n", value: 1.5 }],
    });
    expect(made.response.headers.set).toEqual({ y: "true" });
    expect(made.statusOf(404)).toBe(410);
  });

  it.for([
    ["what no header can hold", { value: "b\r\nc: d" }],
    ["what cannot be told", { fault: "division by zero" }],
  ] as const)("refuses %s", ([, made]) => {
    const computed = { ...nothing, response: { headers: { x: () => made }, body: {} } };
    expect(() => withComputed(transforms, computed, factOf)).toThrowError("malformed_request");
  });
});
