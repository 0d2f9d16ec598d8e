import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../src/kernel/json.ts";
import { closed, strictComplaint } from "./strict-schema.ts";

const shut = {
  type: "object",
  properties: { a: { type: "string" } },
  required: ["a"],
  additionalProperties: false,
};

describe("strictComplaint", () => {
  it.for<{ name: string; schema: JsonObject; complaint: string | undefined }>([
    { name: "a shut object", schema: shut, complaint: undefined },
    { name: "no object at all", schema: { type: "string" }, complaint: undefined },
    {
      name: "an open object",
      schema: { ...shut, additionalProperties: true },
      complaint: "In context=(), 'additionalProperties' is required to be supplied and to be false.",
    },
    {
      name: "an optional member",
      schema: { ...shut, required: [] },
      complaint:
        "In context=(), 'required' is required to be supplied and to be an array including every key in properties. Missing 'a'.",
    },
    {
      name: "an open object deep inside",
      schema: { type: "array", items: { anyOf: [shut, { type: "object" }] } },
      complaint:
        "In context=('items', 'anyOf', '1'), 'additionalProperties' is required to be supplied and to be false.",
    },
    {
      name: "an open object behind a reference",
      schema: { ...shut, $defs: { b: { type: "object", properties: {} } } },
      complaint:
        "In context=('$defs', 'b'), 'additionalProperties' is required to be supplied and to be false.",
    },
  ])("$name", ({ schema, complaint }) => {
    expect(strictComplaint(schema)).toBe(complaint);
  });
});

describe("closed", () => {
  it("closes objects at every level and leaves what was said", () => {
    const { additionalProperties: _, ...open } = shut;
    expect(closed({ type: "array", items: { anyOf: [open, { type: "null" }] } })).toEqual({
      type: "array",
      items: { anyOf: [shut, { type: "null" }] },
    });
    const told = { ...shut, additionalProperties: true };
    expect(closed(told)).toEqual(told);
    expect(strictComplaint(closed({ ...open, properties: { a: open } }))).toBeUndefined();
  });
});
