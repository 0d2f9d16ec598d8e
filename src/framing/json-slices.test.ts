import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type JsonSlice, jsonSlice } from "./json-slices.ts";

describe("jsonSlice", () => {
  it("gives values exactly as they were written", () => {
    const json =
      ' { "a" : {"n":9007199254740993, "x":1.0} , "b" : [ 1e400 , -0, "]}\\"" ,null] , "c": true } ';
    const top = jsonSlice(json);
    expect(top.text()).toBe(json.trim());
    expect(top.member("a")?.text()).toBe('{"n":9007199254740993, "x":1.0}');
    expect(top.member("a")?.member("n")?.text()).toBe("9007199254740993");
    expect([0, 1, 2, 3, 4].map((index) => top.member("b")?.element(index)?.text())).toEqual([
      "1e400",
      "-0",
      '"]}\\""',
      "null",
      undefined,
    ]);
    expect(top.member("c")?.text()).toBe("true");
    expect(top.member("d")).toBeUndefined();
    expect(top.member("c")?.member("x")).toBeUndefined();
    expect(top.member("c")?.element(0)).toBeUndefined();
  });

  it("reads names as JSON.parse does: unescaped, the last of a doubled one", () => {
    const top = jsonSlice('{"\\u0061":1,"a":2,"":3,"\\\\":4}');
    expect(top.member("a")?.text()).toBe("2");
    expect(top.member("")?.text()).toBe("3");
    expect(top.member("\\")?.text()).toBe("4");
  });

  it("finds every value of every JSON text, however it is spaced", () => {
    const check = (slice: JsonSlice | undefined, value: unknown): void => {
      expect(JSON.parse(slice?.text() ?? "")).toEqual(value);
      if (Array.isArray(value))
        for (const [index, item] of value.entries()) check(slice?.element(index), item);
      else if (typeof value === "object" && value !== null) {
        for (const [name, item] of Object.entries(value)) check(slice?.member(name), item);
      }
    };
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t"), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent);
        check(jsonSlice(text), JSON.parse(text));
      }),
    );
  });
});
