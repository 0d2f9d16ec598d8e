import { isJsonObject, type Json } from "../../kernel/json.ts";

/**
 * Whether a JSON Schema may be sent with `strict`: at every level an object forbids additional properties and requires
 * all of its own. Anything else is answered with a 400.
 *
 * Source: OpenAI, "Structured Outputs", supported schemas.
 */
export function qualifiesForStrict(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.every((item: Json) => qualifiesForStrict(item));
  if (!isJsonObject(schema)) return true;
  const { properties } = schema;
  const isObject = schema["type"] === "object" || properties !== undefined;
  if (isObject && !isClosed(schema["additionalProperties"], properties, schema["required"])) return false;
  const nested = Object.entries(schema).filter(([name]) => !names.has(name));
  const named = [properties, schema["$defs"], schema["definitions"]].filter(isJsonObject);
  return (
    nested.every(([, value]) => qualifiesForStrict(value)) &&
    named.every((group) => Object.values(group).every(qualifiesForStrict))
  );
}

/** Keywords whose value is no schema: values, or schemas under names of the author's own. */
const names: ReadonlySet<string> = new Set([
  "properties",
  "$defs",
  "definitions",
  "required",
  "enum",
  "const",
  "default",
  "examples",
]);

function isClosed(
  additional: Json | undefined,
  properties: Json | undefined,
  required: Json | undefined,
): boolean {
  if (additional !== false) return false;
  const wanted = isJsonObject(properties) ? Object.keys(properties) : [];
  return wanted.every((name) => Array.isArray(required) && required.includes(name));
}
