import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { jsonSchemaOf } from "./openapi-schema.ts";

describe("jsonSchemaOf", () => {
  it.for<{ name: string; schema: Json; expected: Json }>([
    {
      name: "types in upper case",
      schema: {
        type: "OBJECT",
        properties: { a: { type: "ARRAY", items: { type: "STRING" } } },
        required: ["a"],
      },
      expected: {
        type: "object",
        properties: { a: { type: "array", items: { type: "string" } } },
        required: ["a"],
      },
    },
    {
      name: "types as Google's numbers",
      schema: { type: 6, properties: { a: { type: 1 }, b: { type: 3 } } },
      expected: { type: "object", properties: { a: { type: "string" }, b: { type: "integer" } } },
    },
    { name: "no type at all", schema: { type: "TYPE_UNSPECIFIED", title: "t" }, expected: { title: "t" } },
    { name: "nullable", schema: { type: "STRING", nullable: true }, expected: { type: ["string", "null"] } },
    {
      name: "a nullable enum",
      schema: { type: "STRING", format: "enum", enum: ["A"], nullable: true },
      expected: { type: ["string", "null"], enum: ["A", null] },
    },
    {
      name: "a nullable choice",
      schema: { anyOf: [{ type: "STRING" }], nullable: true },
      expected: { anyOf: [{ type: "string" }, { type: "null" }] },
    },
    { name: "nullable: false", schema: { type: "STRING", nullable: false }, expected: { type: "string" } },
    {
      name: "counts as strings",
      schema: { type: "ARRAY", minItems: "2", max_items: "3" },
      expected: { type: "array", minItems: 2, maxItems: 3 },
    },
    {
      name: "an example",
      schema: { type: "STRING", example: "x" },
      expected: { type: "string", examples: ["x"] },
    },
    {
      name: "references",
      schema: { ref: "#/defs/a", defs: { a: { type: "STRING" } } },
      expected: { $ref: "#/defs/a", $defs: { a: { type: "string" } } },
    },
    {
      name: "JSON Schema, which stays",
      schema: {
        type: ["string", "null"],
        oneOf: [{ const: 1 }],
        additionalProperties: false,
        $defs: { a: true },
      },
      expected: {
        type: ["string", "null"],
        oneOf: [{ const: 1 }],
        additionalProperties: false,
        $defs: { a: true },
      },
    },
  ])("translates $name", ({ schema, expected }) => {
    expect(jsonSchemaOf(schema)).toEqual(expected);
  });

  it("rule 40: names of properties are no keywords", () => {
    const properties = {
      ref: { type: "string" },
      type: { type: "string" },
      nullable: { type: "boolean" },
      max_items: {},
    };
    expect(jsonSchemaOf({ type: "OBJECT", properties })).toEqual({ type: "object", properties });
  });

  it("puts properties in their order", () => {
    const schema = {
      type: "OBJECT",
      properties: { c: {}, a: {}, b: {} },
      property_ordering: ["a", "b"],
    };
    expect(JSON.stringify(jsonSchemaOf(schema))).toBe(
      '{"type":"object","properties":{"a":{},"b":{},"c":{}}}',
    );
  });
});
