import { describe, expect, it } from "vitest";
import type { Json } from "../../kernel/json.ts";
import { createSchemaChecker } from "./schema-checker.ts";

const order: Json = {
  $schema: "http://json-schema.org/draft-07/schema#",
  $id: "https://example.com/order",
  type: "object",
  properties: { city: { type: "string", enum: ["Rome", "Oslo"] }, days: { $ref: "#/$defs/days" } },
  required: ["city"],
  additionalProperties: false,
  $defs: { days: { type: "integer", minimum: 1 } },
};

describe("the schema checker", () => {
  const checker = createSchemaChecker();
  it.for([
    { value: { city: "Rome", days: 2 }, fault: undefined },
    { value: { days: 2 }, fault: "the value must have required property 'city'" },
    { value: { city: "Paris" }, fault: "/city must be equal to one of the allowed values" },
    { value: { city: "Rome", days: 0 }, fault: "/days must be >= 1" },
    { value: { city: "Rome", when: 1 }, fault: "the value must NOT have additional properties" },
    { value: ["Rome"], fault: "the value must be object" },
  ])("says what is wrong with $value", ({ value, fault }) => {
    // Twice: the second time it is compiled already.
    expect([checker.faultOf(order, value), checker.faultOf(order, value)]).toEqual([fault, fault]);
  });

  it("holds nothing against a schema that it cannot use", () => {
    const unusable: readonly Json[] = [
      true,
      "object",
      { type: "strings" },
      { $ref: "https://example.com/elsewhere" },
      { type: "object", description: "x".repeat(17_000), required: ["a"] },
    ];
    expect(unusable.map((schema) => checker.faultOf(schema, 1))).toEqual(unusable.map(() => undefined));
  });

  it("is not held up by a pattern that takes for ever, nor by a schema that wants to be asked later", () => {
    expect(checker.faultOf({ type: "string", pattern: "^(a+)+$" }, `${"a".repeat(50_000)}b`)).toBeUndefined();
    expect(checker.faultOf({ $async: true, type: "string" }, 1)).toBe("the value must be string");
  });

  it("keeps what it knows of two schemas of one name apart, in their parts too", () => {
    const inner = (type: string): Json => ({
      properties: { a: { $ref: "https://example.com/inner" } },
      $defs: { a: { $id: "https://example.com/inner", type } },
    });
    expect([
      checker.faultOf(inner("string"), { a: "a" }),
      checker.faultOf(inner("number"), { a: "a" }),
    ]).toEqual([undefined, "/a must be number"]);
    const named = (type: string): Json => ({ $id: "https://example.com/same", type });
    expect([checker.faultOf(named("string"), "a"), checker.faultOf(named("number"), "a")]).toEqual([
      undefined,
      "the value must be number",
    ]);
  });
});
