import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Path } from "../reading.ts";
import { invalidValue, message, printPath, reading, violation } from "./reading.ts";

/** Source: `Schema` of @google/genai 3.3.0, the fields of the Gemini API. JSON Schema has others, which are refused. */
const members: readonly string[] = [
  "type",
  "format",
  "title",
  "description",
  "nullable",
  "enum",
  "items",
  "maxItems",
  "minItems",
  "properties",
  "required",
  "minProperties",
  "maxProperties",
  "minLength",
  "maxLength",
  "pattern",
  "example",
  "anyOf",
  "propertyOrdering",
  "default",
  "minimum",
  "maximum",
];
const counts: readonly string[] = [
  "maxItems",
  "minItems",
  "minProperties",
  "maxProperties",
  "minLength",
  "maxLength",
];
const types: readonly string[] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/**
 * Reads a schema in Google's own form (types in capitals, whole numbers perhaps as texts) and gives it as JSON Schema.
 *
 * @throws Refusal for every keyword that Google's form does not have.
 */
export function readSchema(value: Json | undefined, path: Path): JsonObject {
  const schema = message(value, path, members);
  const read: Record<string, Json> = { ...schema };
  if (schema["type"] !== undefined) read["type"] = readType(schema["type"], [...path, "type"]);
  for (const name of counts) {
    const count = schema[name];
    if (typeof count === "string") read[name] = Number(count);
  }
  const properties = reading.maybeObject(schema["properties"], [...path, "properties"]);
  if (properties)
    read["properties"] = Object.fromEntries(
      Object.entries(properties).map(([name, part], index) => [
        name,
        readSchema(part, [...path, "properties", index, "value"]),
      ]),
    );
  if (schema["items"] !== undefined) read["items"] = readSchema(schema["items"], [...path, "items"]);
  const anyOf = reading.maybeList(schema["anyOf"], [...path, "anyOf"]);
  if (anyOf.length > 0)
    read["anyOf"] = anyOf.map((part, index) => readSchema(part, [...path, "anyOf", index]));
  return read;
}

function readType(value: Json, path: Path): string {
  if (Array.isArray(value)) {
    const place = printPath(path.slice(0, -1));
    throw violation(
      place,
      `Invalid JSON payload received. Unknown name "type" at '${place}': Proto field is not repeating, cannot start list.`,
    );
  }
  const type = reading.text(value, path).toLowerCase();
  if (types.includes(type)) return type;
  throw invalidValue(path, "type.googleapis.com/google.ai.generativelanguage.v1beta.Type", value);
}

/** A schema in one of two members: Google's own form, or JSON Schema as it is. */
export function readEither(
  holder: JsonObject,
  { own, json, path }: { readonly own: string; readonly json: string; readonly path: Path },
): JsonObject | undefined {
  if (holder[own] !== undefined && holder[json] !== undefined)
    throw violation(printPath(path), `Only one of \`${own}\` and \`${json}\` may be set.`);
  if (holder[own] !== undefined) return readSchema(holder[own], [...path, own]);
  const schema = holder[json];
  if (schema === undefined) return undefined;
  return isJsonObject(schema) ? schema : {};
}
