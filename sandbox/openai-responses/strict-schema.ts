import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";

/**
 * Why `schema` may not be used in strict mode, in OpenAI's words, or `undefined` when it may: every object names all of
 * its properties as required and forbids others, at every level.
 */
export function strictComplaint(schema: Json, context: readonly string[] = []): string | undefined {
  if (!isJsonObject(schema)) return undefined;
  const own =
    schema["type"] === "object" || "properties" in schema ? objectComplaint(schema, context) : undefined;
  if (own !== undefined) return own;
  for (const [step, part] of partsOf(schema)) {
    const complaint = strictComplaint(part, [...context, ...step]);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function objectComplaint(schema: JsonObject, context: readonly string[]): string | undefined {
  const where = `In context=(${context.map((step) => `'${step}'`).join(", ")}), `;
  if (schema["additionalProperties"] !== false)
    return `${where}'additionalProperties' is required to be supplied and to be false.`;
  const properties = isJsonObject(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const required = Array.isArray(schema["required"]) ? schema["required"] : [];
  const missing = properties.find((name) => !required.includes(name));
  if (missing === undefined) return undefined;
  return `${where}'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

function* partsOf(schema: JsonObject): Iterable<readonly [readonly string[], Json]> {
  for (const member of ["properties", "$defs", "definitions"]) {
    const parts = schema[member];
    if (isJsonObject(parts)) for (const [name, part] of Object.entries(parts)) yield [[member, name], part];
  }
  const { items } = schema;
  if (items !== undefined) yield [["items"], items];
  const { anyOf } = schema;
  if (Array.isArray(anyOf))
    for (const [index, part] of anyOf.entries()) yield [["anyOf", String(index)], part];
}

/** `schema` with every object closed, as the API closes the schemas of tools that do not say whether they are strict. */
export function closed(schema: JsonObject): JsonObject {
  const part = (value: Json): Json => (isJsonObject(value) ? closed(value) : value);
  const next: Record<string, Json> = { ...schema };
  for (const member of ["properties", "$defs", "definitions"]) {
    const parts = schema[member];
    if (isJsonObject(parts))
      next[member] = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, part(value)]));
  }
  if (schema["items"] !== undefined) next["items"] = part(schema["items"]);
  if (Array.isArray(schema["anyOf"])) next["anyOf"] = schema["anyOf"].map(part);
  const isObject = schema["type"] === "object" || "properties" in schema;
  return isObject && !("additionalProperties" in schema) ? { ...next, additionalProperties: false } : next;
}
