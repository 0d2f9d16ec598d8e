import { isJsonObject, type Json, type JsonObject } from "../../kernel/json.ts";
import { camelOf } from "./fields.ts";

/** Google's numbers for its types, which some of its clients write. Source: google.aiplatform.v1, `Type`. */
const typeNumbers = [undefined, "string", "number", "integer", "boolean", "array", "object", "null"] as const;

/** Keywords that count something: 64-bit integers, which Google's JSON writes as strings. */
const counts: ReadonlySet<string> = new Set([
  "maxItems",
  "minItems",
  "maxLength",
  "minLength",
  "maxProperties",
  "minProperties",
]);

/**
 * A schema of Google's OpenAPI kind as JSON Schema: types in lower case, `nullable` as a type, properties in the order
 * of `propertyOrdering`. What is JSON Schema already stays, and names of properties are never taken for keywords.
 *
 * Source: OpenAPI 3.0.3, "Schema Object"; Gemini API reference, "Schema".
 */
export function jsonSchemaOf(schema: Json): Json {
  if (!isJsonObject(schema)) return schema;
  const out: { [keyword: string]: Json } = {};
  let isNullable = false;
  let ordering: Json | undefined;
  for (const [name, value] of Object.entries(schema)) {
    const keyword = camelOf(name);
    if (keyword === "nullable") isNullable = value === true;
    else if (keyword === "propertyOrdering") ordering = value;
    else Object.assign(out, translated(keyword, value));
  }
  orderProperties(out, ordering);
  return isNullable ? withNull(out) : out;
}

function translated(keyword: string, value: Json): JsonObject {
  switch (keyword) {
    case "type": {
      const type = typeOf(value);
      return type === undefined ? {} : { type };
    }
    case "properties":
    case "patternProperties":
      return { [keyword]: mapMembers(value) };
    case "defs":
    case "$defs":
      return { $defs: mapMembers(value) };
    case "ref":
      return { $ref: value };
    case "items":
    case "additionalProperties":
    case "not":
      return { [keyword]: jsonSchemaOf(value) };
    case "anyOf":
    case "oneOf":
    case "allOf":
    case "prefixItems":
      return { [keyword]: Array.isArray(value) ? value.map((item: Json) => jsonSchemaOf(item)) : value };
    case "example":
      return { examples: [value] };
    case "format":
      // Says of a string that it has an `enum`, which says so itself.
      return value === "enum" ? {} : { format: value };
    default:
      return { [keyword]: counts.has(keyword) && typeof value === "string" ? Number(value) : value };
  }
}

function typeOf(value: Json): Json | undefined {
  if (typeof value === "number") return typeNumbers[value];
  if (Array.isArray(value)) return value.map((item: Json) => typeOf(item) ?? item);
  if (typeof value !== "string") return value;
  return value === "TYPE_UNSPECIFIED" ? undefined : value.toLowerCase();
}

function mapMembers(value: Json): Json {
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, jsonSchemaOf(schema)]));
}

function orderProperties(schema: { [keyword: string]: Json }, ordering: Json | undefined): void {
  const { properties } = schema;
  if (!Array.isArray(ordering) || !isJsonObject(properties)) return;
  const rankOf = (name: string): number => {
    const rank = ordering.indexOf(name);
    return rank < 0 ? ordering.length : rank;
  };
  const entries = Object.entries(properties).toSorted(([left], [right]) => rankOf(left) - rankOf(right));
  schema["properties"] = Object.fromEntries(entries);
}

/** The schema, or null. */
function withNull(schema: { readonly [keyword: string]: Json }): Json {
  const { type, anyOf } = schema;
  const choices = schema["enum"];
  const values = Array.isArray(choices) && !choices.includes(null) ? { enum: [...choices, null] } : {};
  if (typeof type === "string") return { ...schema, type: [type, "null"], ...values };
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...anyOf, { type: "null" }] };
  return { ...schema, ...values };
}
