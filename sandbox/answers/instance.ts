import { isJsonObject, type Json, type JsonObject } from "../../src/kernel/json.ts";
import type { Dice } from "../seeded.ts";
import { textMatching } from "./pattern.ts";

/** Where an instance takes its chance and its words from. */
export interface InstanceSource {
  readonly dice: Dice;
  /** Words of the question worth repeating (names, quoted texts); the first are used first. */
  readonly words: readonly string[];
}

/**
 * A value that is valid under the JSON Schema `schema` (2020-12 and older: types, enum, const, bounds, formats, patterns,
 * objects, arrays, tuples, local `$ref`, allOf, anyOf, oneOf). Members that are not required appear down to the third level.
 */
export function instanceOf(schema: Json, source: InstanceSource): Json {
  const words = [...source.words];
  return build(schema, { root: schema, dice: source.dice, words, budget: { left: 5_000 }, depth: 0 });
}

interface Site {
  readonly root: Json;
  readonly dice: Dice;
  /** Shared by the whole instance; a word that is used is taken out. */
  readonly words: string[];
  /** Values still to be made before the instance is ended by force: schemas may recurse for ever. */
  readonly budget: { left: number };
  readonly depth: number;
  /** The member's name, which texts are named after. */
  readonly name?: string;
}

function build(schema: Json, site: Site): Json {
  site.budget.left -= 1;
  if (site.budget.left < 0 || site.depth > 24) return null;
  if (!isJsonObject(schema)) return `sample ${site.name ?? "value"}`;
  const flat = flatten(schema, site);
  if ("const" in flat) return flat["const"] ?? null;
  const options = flat["enum"];
  if (Array.isArray(options) && options.length > 0) return chosen(options, site);
  switch (typeOf(flat, site)) {
    case "object":
      return objectOf(flat, site);
    case "array":
      return arrayOf(flat, site);
    case "integer":
    case "number":
      return numberOf(flat, site);
    case "boolean":
      return true;
    case "null":
      return null;
    case "string":
      return textOf(flat, site);
  }
}

/** `schema` with its `$ref`, `allOf` and the first usable branch of `anyOf` and `oneOf` merged in. */
function flatten(schema: JsonObject, site: Site, hops = 0): JsonObject {
  let flat: JsonObject = schema;
  const merge = (part: Json | undefined): void => {
    if (!isJsonObject(part) || hops > 32) return;
    flat = merged(flat, flatten(part, site, hops + 1));
  };
  if (typeof schema["$ref"] === "string") merge(referred(schema["$ref"], site.root));
  for (const part of listOf(schema["allOf"])) merge(part);
  for (const keyword of ["anyOf", "oneOf"]) {
    const branches = listOf(schema[keyword]);
    const deep =
      site.depth > 4 ? branches.findLast((branch) => isJsonObject(branch) && !("$ref" in branch)) : undefined;
    merge(
      deep ?? branches.find((branch) => isJsonObject(branch) && branch["type"] !== "null") ?? branches[0],
    );
  }
  return flat;
}

function merged(left: JsonObject, right: JsonObject): JsonObject {
  const properties = { ...objectIn(left, "properties"), ...objectIn(right, "properties") };
  const required = [...new Set([...listOf(left["required"]), ...listOf(right["required"])])];
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 ? { properties } : {}),
    ...(required.length > 0 ? { required } : {}),
  };
}

function referred(reference: string, root: Json): Json | undefined {
  if (!reference.startsWith("#")) return undefined;
  let target: Json | undefined = root;
  for (const step of reference.slice(1).split("/").slice(1)) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    if (isJsonObject(target)) target = target[name];
    else target = listOf(target)[Number(name)];
  }
  return target;
}

type SchemaType = "object" | "array" | "integer" | "number" | "boolean" | "null" | "string";

const isSchemaType = (value: Json | undefined): value is SchemaType =>
  typeof value === "string" &&
  ["object", "array", "integer", "number", "boolean", "null", "string"].includes(value);

function typeOf(schema: JsonObject, site: Site): SchemaType {
  const given = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  const types = given.filter(isSchemaType);
  const wanted = site.depth > 4 && types.includes("null") ? "null" : types.find((type) => type !== "null");
  if (wanted ?? types[0]) return wanted ?? types[0] ?? "string";
  if ("properties" in schema || "required" in schema || "additionalProperties" in schema) return "object";
  if ("items" in schema || "prefixItems" in schema) return "array";
  if ("minimum" in schema || "maximum" in schema || "multipleOf" in schema) return "number";
  return site.depth === 0 ? "object" : "string";
}

function objectOf(schema: JsonObject, site: Site): JsonObject {
  const properties = objectIn(schema, "properties");
  const required = listOf(schema["required"]).filter((name) => typeof name === "string");
  const built: Record<string, Json> = {};
  const add = (name: string, part: Json): void => {
    built[name] = build(part, { ...site, depth: site.depth + 1, name });
  };
  for (const [name, part] of Object.entries(properties)) {
    if (required.includes(name) || site.depth < 3) add(name, part);
  }
  const others = schema["additionalProperties"] ?? true;
  for (const name of required) if (!(name in built)) add(name, others);
  for (
    let more = 1;
    Object.keys(built).length < numberIn(schema, "minProperties", 0) && more < 100;
    more += 1
  ) {
    add(`member${more}`, others);
  }
  return built;
}

function arrayOf(schema: JsonObject, site: Site): Json {
  const tuple = listOf(
    schema["prefixItems"] ?? (Array.isArray(schema["items"]) ? schema["items"] : undefined),
  );
  const items = Array.isArray(schema["items"]) ? schema["additionalItems"] : schema["items"];
  const least = Math.max(
    numberIn(schema, "minItems", 0),
    tuple.length,
    site.depth > 4 || items === false ? 0 : 1,
  );
  const length = Math.min(least, numberIn(schema, "maxItems", 1_000), 1_000);
  const built: Json[] = [];
  for (let index = 0, attempt = 0; index < length && attempt < length * 20; attempt += 1) {
    const inside = { ...site, depth: site.depth + 1 };
    const item = build(tuple[index] ?? items ?? {}, inside);
    const isRepeat = built.some((other) => JSON.stringify(other) === JSON.stringify(item));
    if (schema["uniqueItems"] === true && isRepeat) {
      site.words.unshift(`${site.name ?? "item"} ${attempt}`);
      continue;
    }
    built.push(item);
    index += 1;
  }
  return built;
}

function numberOf(schema: JsonObject, site: Site): number {
  const isWhole = schema["type"] === "integer" || listOf(schema["type"]).includes("integer");
  const grid = numberIn(schema, "multipleOf", isWhole ? 1 : 0.5);
  const step = isWhole ? Math.max(1, grid) : grid;
  const above = exclusive(schema, "exclusiveMinimum", "minimum");
  const below = exclusive(schema, "exclusiveMaximum", "maximum");
  const least = Math.max(
    numberIn(schema, "minimum", Number.NEGATIVE_INFINITY),
    above ?? Number.NEGATIVE_INFINITY,
  );
  const most = Math.min(
    numberIn(schema, "maximum", Number.POSITIVE_INFINITY),
    below ?? Number.POSITIVE_INFINITY,
  );
  const from = Number.isFinite(least) ? least : Math.min(1, Number.isFinite(most) ? most - 10 * step : 1);
  const first =
    Math.ceil(from / step) + (above !== undefined && Math.ceil(from / step) * step <= above ? 1 : 0);
  const lastOpen = Number.isFinite(most) ? Math.floor(most / step) : first + 20;
  const last = lastOpen - (below !== undefined && lastOpen * step >= below ? 1 : 0);
  if (last < first)
    return Number.isFinite(most) && Number.isFinite(least) ? (least + most) / 2 : first * step;
  const value = (first + site.dice.below(Math.min(last - first, 1_000) + 1)) * step;
  return Number(value.toPrecision(12));
}

/** The bound that must not be reached: a number of its own, or (draft 4) a flag beside the ordinary bound. */
function exclusive(schema: JsonObject, keyword: string, ordinary: string): number | undefined {
  const value = schema[keyword];
  if (typeof value === "number") return value;
  return value === true ? numberIn(schema, ordinary, 0) : undefined;
}

const formats: Readonly<Record<string, string>> = {
  "date-time": "2026-11-03T09:30:00Z",
  date: "2026-11-03",
  time: "09:30:00Z",
  duration: "PT15M",
  email: "sandbox@example.com",
  hostname: "sandbox.example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uuid: "6f1c3c52-8f5e-4c0a-9d7b-2f6a1e9b7c34",
  uri: "https://example.com/sandbox",
  "uri-reference": "/sandbox",
  regex: "^sandbox$",
  "json-pointer": "/sandbox",
};

function textOf(schema: JsonObject, site: Site): string {
  const pattern = schema["pattern"];
  if (typeof pattern === "string") return textMatching(pattern, site.dice) ?? "sample";
  const format = typeof schema["format"] === "string" ? formats[schema["format"]] : undefined;
  if (format !== undefined) return format;
  const least = numberIn(schema, "minLength", 0);
  const most = numberIn(schema, "maxLength", 10_000);
  const text = site.words.shift() ?? `sample ${(site.name ?? "value").replaceAll(/[_-]+/g, " ")}`;
  return Array.from(text.padEnd(Math.min(least, 100_000), " sample"))
    .slice(0, most)
    .join("");
}

const chosen = (options: readonly Json[], site: Site): Json => {
  const spoken = options.find((option) => typeof option === "string" && site.words.includes(option));
  return spoken ?? options[site.dice.below(options.length)] ?? null;
};

const listOf = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

function objectIn(schema: JsonObject, member: string): JsonObject {
  const value = schema[member];
  return isJsonObject(value) ? value : {};
}

function numberIn(schema: JsonObject, member: string, otherwise: number): number {
  const value = schema[member];
  return typeof value === "number" ? value : otherwise;
}
