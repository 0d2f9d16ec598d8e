import * as z from "zod";
import { type QuantityUnit, quantityPatterns, unitOf } from "./quantity.ts";
import { configSchema } from "./schema.ts";
import type { SchemaNode } from "./schema-shape.ts";

const dialect = "https://json-schema.org/draft/2020-12/schema";

/**
 * The published JSON Schema of `sallyport.yaml`, for editors. It takes what the gateway takes: wherever a number, a
 * switch or one of several words stands, a `${NAME}` reference may too, and sizes and spans may carry their unit.
 */
export function configJsonSchema(): SchemaNode {
  const printed = z.toJSONSchema(configSchema, {
    io: "input",
    target: "draft-2020-12",
    override: ({ jsonSchema, path }) => {
      if (!path.includes("propertyNames") && isClosedScalar(jsonSchema))
        openToReferences(jsonSchema, unitOf(String(path.at(-1))));
      if (jsonSchema.default !== undefined && JSON.stringify(jsonSchema.default) === "{}")
        delete jsonSchema.default;
    },
  });
  return {
    $schema: dialect,
    $id: "urn:sallyport:configuration",
    title: "Sallyport configuration",
    ...printed,
  };
}

/** Whether this takes a value but no reference as it stands. */
function isClosedScalar({ type, enum: choices, const: only, pattern }: SchemaNode): boolean {
  if (type === "string" && pattern !== undefined) return !new RegExp(pattern).test("${NAME}");
  return (
    type === "integer" ||
    type === "number" ||
    type === "boolean" ||
    choices !== undefined ||
    only !== undefined
  );
}

/** Moves the constraints into one of two alternatives; description and default stay where editors look for them. */
function openToReferences(node: SchemaNode, unit: QuantityUnit | undefined): void {
  const { description, default: preset, ...constraints } = node;
  for (const name of Object.keys(constraints)) Reflect.deleteProperty(node, name);
  const quantity =
    unit !== undefined && constraints.type === "integer"
      ? [{ type: "string", pattern: quantityPatterns[unit] } as const]
      : [];
  node.anyOf = [constraints, ...quantity, { type: "string", pattern: "\\$\\{" }];
}

/** The text of `docs/configuration.schema.json`. */
export function printJsonSchema(): string {
  return `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
}
