import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { isJsonObject, type Json } from "../../src/kernel/json.ts";
import { diceFor } from "../seeded.ts";
import { instanceOf } from "./instance.ts";
import { textMatching } from "./pattern.ts";

const build = (schema: Json, seed = "1", words: readonly string[] = []) =>
  instanceOf(schema, { dice: diceFor(seed), words });

describe("instanceOf", () => {
  it("is valid under generated schemas, judged by zod", () => {
    fc.assert(
      fc.property(shapes, fc.string(), (shape, seed) => {
        const schema: Json = JSON.parse(JSON.stringify(z.toJSONSchema(shape)));
        const built = build(schema, seed);
        const judged = shape.safeParse(built);
        expect(judged.error?.issues ?? [], JSON.stringify({ schema, built })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("follows $ref, ends recursion and honours const and enum", () => {
    const schema = {
      $ref: "#/$defs/node",
      $defs: {
        node: {
          type: "object",
          properties: {
            kind: { const: "node" },
            colour: { enum: ["red", "green"] },
            next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] },
          },
          required: ["kind", "colour", "next"],
        },
      },
    };
    const built = build(schema);
    expect(built).toMatchObject({ kind: "node", colour: expect.stringMatching(/^(red|green)$/) });
    let depth = 0;
    for (let node: Json | undefined = built; isJsonObject(node); node = node["next"]) depth += 1;
    expect(depth).toBeGreaterThan(1);
    expect(depth).toBeLessThan(10);
  });

  it("ends on a schema that must recurse for ever", () => {
    const schema = {
      $ref: "#/$defs/a",
      $defs: { a: { type: "object", required: ["a"], properties: { a: { $ref: "#/$defs/a" } } } },
    };
    expect(JSON.stringify(build(schema)).length).toBeLessThan(2_000);
  });

  it("puts the question's words where texts are wanted", () => {
    const schema = {
      type: "object",
      properties: { city: { type: "string" }, unit: { enum: ["C", "F"] } },
      required: ["city"],
    };
    expect(build(schema, "1", ["Paris"])).toMatchObject({ city: "Paris" });
  });
});

const leaf: fc.Arbitrary<z.ZodType> = fc.oneof(
  fc.record({ least: fc.nat(20), more: fc.nat(20) }).map(({ least, more }) =>
    z
      .string()
      .min(least)
      .max(least + more),
  ),
  fc.record({ least: fc.integer({ min: -50, max: 50 }), more: fc.nat(9) }).map(({ least, more }) =>
    z
      .int()
      .min(least)
      .max(least + more),
  ),
  fc
    .record({ least: fc.integer({ min: -50, max: 50 }), more: fc.integer({ min: 2, max: 9 }) })
    .map(({ least, more }) =>
      z
        .number()
        .gt(least)
        .lt(least + more),
    ),
  fc.constantFrom<z.ZodType>(
    z.boolean(),
    z.null(),
    z.email(),
    z.uuid(),
    z.url(),
    z.ipv4(),
    z.iso.date(),
    z.iso.datetime(),
    z.literal(["x", 3]),
    z.enum(["north", "south"]),
    z.string().regex(/^[A-Z]{2}-\d{3,5}(foo|bar)?$/),
    z.number().multipleOf(0.25).min(3),
  ),
);

const { shapes } = fc.letrec<{ shapes: z.ZodType }>((tie) => ({
  shapes: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    fc
      .array(tie("shapes"), { maxLength: 3 })
      .map((parts) => z.object(Object.fromEntries(parts.map((part, at) => [`m${at}`, part])))),
    tie("shapes").map((part) => z.object({ must: part, may: part.optional() })),
    fc.record({ part: tie("shapes"), least: fc.nat(4) }).map(({ part, least }) =>
      z
        .array(part)
        .min(least)
        .max(least + 1),
    ),
    tie("shapes").map((part) => z.union([part, z.null()])),
    tie("shapes").map((part) => z.tuple([part, z.string()])),
  ),
}));

describe("textMatching", () => {
  it.for([
    String.raw`^\d{4}-\d{2}-\d{2}$`,
    String.raw`^[A-Z][a-z]+( [A-Z][a-z]+)*$`,
    String.raw`^(?:usd|eur)_[0-9a-f]{8,}$`,
    String.raw`^\+?[1-9]\d{1,14}$`,
    String.raw`^[^\s@]+@[^\s@]+\.[a-z]{2,3}$`,
    String.raw`^(?<year>\d{4})$`,
    String.raw`^$`,
    "plain",
  ])("finds a text for %s", (pattern) => {
    for (const seed of ["1", "2", "3"])
      expect(textMatching(pattern, diceFor(seed))).toMatch(new RegExp(pattern, "u"));
  });

  it("gives up on what it cannot read", () => {
    expect(textMatching("(", diceFor("1"))).toBeUndefined();
    expect(textMatching(String.raw`^(?=z{9})a$`, diceFor("1"))).toBeUndefined();
  });
});
