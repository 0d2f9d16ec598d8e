import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { duplicateRoutingKey, positionOf, scanObject, valueText } from "./json-scan.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The object that the scanned members make, each value parsed by itself. */
function rebuild(text: string): unknown {
  const bytes = encode(text);
  const scan = scanObject(bytes);
  if (scan.kind === "invalid") return scan;
  return Object.fromEntries(
    scan.members.map((member) => [member.name, JSON.parse(valueText(bytes, member))]),
  );
}

describe("scanObject", () => {
  it("finds the same members as a full parse, for any object", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue()),
        fc.nat(3),
        (object, indent) => {
          const text = JSON.stringify(object, null, indent);
          expect(rebuild(text)).toEqual(Object.fromEntries(Object.entries(JSON.parse(text))));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it("compares names after unescaping", () => {
    const scan = scanObject(encode('{"m\\u006fdel":1,"\\"\\\\":2,"grüße":3}'));
    expect(scan.kind === "object" && scan.members.map(({ name }) => name)).toEqual(["model", '"\\', "grüße"]);
  });

  it.for([
    { name: "escaped quotes", text: `{"a":"${'\\"'.repeat(40)}","b":1}` },
    { name: "a backslash at the end", text: `{"a":"${"\\\\".repeat(40)}","b":1}` },
    {
      name: "an escape over the border of the short loop",
      text: `{"a":"${"x".repeat(31)}\\"y","b":"${"x".repeat(30)}\\\\"}`,
    },
    {
      name: "an escaped quote far behind the border",
      text: `{"a":"${"x".repeat(90)}\\"${"y".repeat(90)}\\\\\\"z","b":1}`,
    },
    { name: "numbers of every form", text: '{"a":[0,-0,1.0,1e400,-1.5E-7,9007199254740993,2e+2]}' },
    { name: "empty containers and white space", text: ' \r\n\t{ "a" : [ ] , "b" : { } } \n' },
  ])("reads $name", ({ text }) => {
    expect(rebuild(text)).toEqual(JSON.parse(text));
  });

  it.for([
    ["", 0, "expected an object"],
    ["[1]", 0, "expected an object"],
    ['\uFEFF{"a":1}', 0, "expected an object"],
    ["{", 1, "unexpected end"],
    ['{"a"', 4, "unexpected end"],
    ['{"a":1', 6, "unexpected end"],
    ['{"a":"x', 5, "a string does not end"],
    ['{"a":"x\\"}', 5, "a string does not end"],
    ['{"a":1,}', 7, "expected a member name"],
    ['{"a":[1,]}', 8, "expected a value"],
    ['{"a":[1}', 7, "expected a comma or a closing bracket"],
    ['{"a" 1}', 5, "expected a colon"],
    ['{"a"::1}', 5, "expected a value"],
    ["{a:1}", 1, "expected a member name or }"],
    ['{"a":1 "b":2}', 7, "expected a comma or a closing bracket"],
    ['{"a":tru}', 5, "expected a value"],
    ['{"a":NaN}', 5, "expected a value"],
    ['{"a":01}', 5, "expected a value"],
    ['{"a":1.}', 5, "expected a value"],
    ['{"a":.5}', 5, "expected a value"],
    ['{"a":+1}', 5, "expected a value"],
    ['{"a":1e}', 5, "expected a value"],
    ['{"a":1}}', 7, "expected the end"],
    ['{"a":1} x', 8, "expected the end"],
    ['{"\\x":1}', 1, "a member name has a bad escape"],
    ["{,}", 1, "expected a member name or }"],
    ['{"a":,}', 5, "expected a value"],
  ] as const)("refuses %s at byte %i: %s", ([text, offset, message]) => {
    expect(scanObject(encode(text))).toEqual({ kind: "invalid", offset, message });
  });

  it("refuses what a full parse refuses, and takes what it takes, for damaged JSON", () => {
    // No escapes, which the damage might break: the contents of strings are not looked at.
    const damage = fc.constantFrom("{", "}", "[", "]", ",", ":", "1", "-", "true", " ");
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom("a", "b"), fc.jsonValue({ maxDepth: 2 })),
        fc.nat(),
        damage,
        (object, at, mark) => {
          const text = JSON.stringify(object);
          fc.pre(!text.includes("\\"));
          const edge = at % (text.length + 1);
          const damaged = text.slice(0, edge) + mark + text.slice(edge);
          expect(scanObject(encode(damaged)).kind).toBe(isObjectText(damaged) ? "object" : "invalid");
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it("takes 512 levels and refuses 513, without recursion", () => {
    const nested = (levels: number): Uint8Array =>
      encode(`{"a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`);
    expect(scanObject(nested(512)).kind).toBe("object");
    expect(scanObject(nested(513))).toMatchObject({ kind: "invalid", message: "nested deeper than 512" });
    expect(scanObject(nested(1_000_000)).kind).toBe("invalid");
  });
});

describe("duplicateRoutingKey", () => {
  it.for([
    { text: '{"model":"a","model":"b"}', key: "model" },
    { text: '{"model":"a","mod\\u0065l":"b"}', key: "model" },
    { text: '{"tools":[],"stream":true,"tools":[]}', key: "tools" },
    { text: '{"user":"a","user":"b","model":"c","a":{"model":"d"}}', key: undefined },
  ])("finds $key in $text", ({ text, key }) => {
    const scan = scanObject(encode(text));
    expect(scan.kind === "object" && duplicateRoutingKey(scan.members)).toBe(key);
  });
});

describe("positionOf", () => {
  it("counts lines and characters from 1", () => {
    const bytes = encode('{\n  "grüße": x}');
    expect(positionOf(bytes, 0)).toEqual({ line: 1, column: 1 });
    expect(positionOf(bytes, bytes.indexOf(0x78))).toEqual({ line: 2, column: 12 });
  });
});

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
