import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonSlice } from "../../framing/json-slices.ts";
import type { Json, JsonObject } from "../../kernel/json.ts";
import { createPartialArgs } from "./partial-args.ts";

/** The pieces of text that these pieces of arguments become; `undefined` from the first that cannot be written. */
function written(pieces: readonly JsonObject[]): readonly (string | undefined)[] {
  const args = createPartialArgs();
  return [...pieces.map((piece) => args.push(piece, jsonSlice(JSON.stringify(piece)))), args.end()];
}

const text = (pieces: readonly JsonObject[]): string => written(pieces).join("");

describe("createPartialArgs", () => {
  it("writes strings as they grow, and closes them when they end", () => {
    expect(
      written([
        { jsonPath: "$.city", stringValue: "Bos", willContinue: true },
        { jsonPath: "$.city", stringValue: 't"on', willContinue: true },
        { jsonPath: "$.city", stringValue: "" },
      ]),
    ).toEqual(['{"city":"Bos', 't\\"on', '"', "}"]);
  });

  it.for<{ name: string; pieces: readonly JsonObject[]; expected: string }>([
    { name: "nothing", pieces: [], expected: "" },
    {
      name: "every kind of value",
      pieces: [
        { jsonPath: "$.a", numberValue: 1.5 },
        { jsonPath: "$.b", boolValue: false },
        { jsonPath: "$.c", nullValue: "NULL_VALUE" },
        { jsonPath: "$.d", stringValue: "x" },
      ],
      expected: '{"a":1.5,"b":false,"c":null,"d":"x"}',
    },
    {
      name: "objects in arrays in objects",
      pieces: [
        { jsonPath: "$.r.i[0].n", stringValue: "a" },
        { jsonPath: "$.r.i[0].m", numberValue: 1 },
        { jsonPath: "$.r.i[1].n", stringValue: "b" },
        { jsonPath: "$.r.s[0]", stringValue: "c" },
        { jsonPath: "$.r.s[1]", stringValue: "d" },
        { jsonPath: "$.t", boolValue: true },
      ],
      expected: '{"r":{"i":[{"n":"a","m":1},{"n":"b"}],"s":["c","d"]},"t":true}',
    },
    {
      name: "arrays of arrays",
      pieces: [
        { jsonPath: "$.m[0][0]", numberValue: 1 },
        { jsonPath: "$.m[0][1]", numberValue: 2 },
        { jsonPath: "$.m[1][0]", numberValue: 3 },
      ],
      expected: '{"m":[[1,2],[3]]}',
    },
    {
      name: "quoted names",
      pieces: [
        { jsonPath: "$['a.b']['it\\'s']", numberValue: 1 },
        { jsonPath: '$["\\u0041\\n"]', numberValue: 2 },
      ],
      expected: '{"a.b":{"it\'s":1},"A\\n":2}',
    },
    {
      name: "a string whose end was not told",
      pieces: [
        { jsonPath: "$.a", stringValue: "x", willContinue: true },
        { jsonPath: "$.b", stringValue: "y", willContinue: true },
      ],
      expected: '{"a":"x","b":"y"}',
    },
    {
      name: "an emoji that was cut in two",
      pieces: [
        { jsonPath: "$.a", stringValue: "\ud83c", willContinue: true },
        { jsonPath: "$.a", stringValue: "\udfdb" },
      ],
      expected: '{"a":"\\ud83c\\udfdb"}',
    },
  ])("writes $name", ({ pieces, expected }) => {
    expect(text(pieces)).toBe(expected);
  });

  it("rule 02: keeps the text of numbers", () => {
    const args = createPartialArgs();
    const raw = jsonSlice('{"jsonPath":"$.n","numberValue":9007199254740993.0}');
    expect(args.push({ jsonPath: "$.n", numberValue: 2 ** 53 }, raw)).toBe('{"n":9007199254740993.0');
  });

  it.for<{ name: string; pieces: readonly JsonObject[] }>([
    { name: "a path that is none", pieces: [{ jsonPath: "a", numberValue: 1 }] },
    { name: "a path to everything", pieces: [{ jsonPath: "$", numberValue: 1 }] },
    { name: "a path with a wildcard", pieces: [{ jsonPath: "$.a[*]", numberValue: 1 }] },
    { name: "no value", pieces: [{ jsonPath: "$.a" }] },
    {
      name: "a place that was written",
      pieces: [
        { jsonPath: "$.a", numberValue: 1 },
        { jsonPath: "$.a", numberValue: 2 },
      ],
    },
    {
      name: "a way back into a closed object",
      pieces: [
        { jsonPath: "$.a.x", numberValue: 1 },
        { jsonPath: "$.b", numberValue: 2 },
        { jsonPath: "$.a.y", numberValue: 3 },
      ],
    },
    { name: "an element with a gap before it", pieces: [{ jsonPath: "$.a[1]", numberValue: 1 }] },
    {
      name: "a name in an array",
      pieces: [
        { jsonPath: "$.a[0]", numberValue: 1 },
        { jsonPath: "$.a.b", numberValue: 1 },
      ],
    },
  ])("refuses $name", ({ pieces }) => {
    expect(written(pieces).slice(0, -1)).toContain(undefined);
  });

  it("writes any arguments as they were, told leaf by leaf in any pieces", () => {
    const leaf = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean(), fc.constant(null));
    const { tree } = fc.letrec<{ tree: Json; node: Json }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        leaf,
        tie("tree"),
        fc.array(tie("node"), { minLength: 1, maxLength: 3 }),
      ),
      tree: fc.dictionary(fc.string({ minLength: 1 }), tie("node"), { minKeys: 1, maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(tree, fc.integer({ min: 1, max: 3 }), (value, step) => {
        expect(JSON.parse(text(leavesOf(value, "$", step)))).toEqual(value);
      }),
    );
  });
});

/** A value as Gemini would tell it: each leaf under its path, strings `step` characters at a time. */
function leavesOf(value: Json, path: string, step: number): readonly JsonObject[] {
  if (typeof value === "string") {
    const pieces = value.match(new RegExp(`.{1,${step}}`, "gsu")) ?? [];
    return [
      ...pieces.map((stringValue) => ({ jsonPath: path, stringValue, willContinue: true })),
      { jsonPath: path, stringValue: "" },
    ];
  }
  if (typeof value === "number") return [{ jsonPath: path, numberValue: value }];
  if (typeof value === "boolean") return [{ jsonPath: path, boolValue: value }];
  if (value === null) return [{ jsonPath: path, nullValue: "NULL_VALUE" }];
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) => leavesOf(item, `${path}[${index}]`, step));
  return Object.entries(value).flatMap(([name, member]) => {
    const quoted = name.replace(/['\\]/g, "\\$&");
    return leavesOf(member, `${path}['${quoted}']`, step);
  });
}
