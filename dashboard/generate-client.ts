/**
 * Writes the dashboard's client of the admin API from its OpenAPI document: one type for each component, one function
 * for each operation. `npm run docs` writes it.
 */

/** The part of JSON Schema that says something about types. */
interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Schema;
}
interface Content {
  readonly content: { readonly "application/json": { readonly schema: Schema } };
}
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The text of `src/generated/client.ts`. @throws Error on a schema it does not know how to say in TypeScript. */
export function generateClient({ paths, components }: OpenApiDocument): string {
  const shapes = Object.entries(components.schemas).map(([name, schema]) => declaration(name, schema));
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => call(method.toUpperCase(), path, operation)),
  );
  const head = `// Made from docs/openapi.json by dashboard/generate-client.ts: change that, then \`npm run docs\`.
import { type CallOptions, send } from "../send.ts";
`;
  return [head, ...shapes, ...calls].join("\n");
}

function declaration(name: string, schema: Schema): string {
  const type = typeOf(schema, "");
  const note = comment(schema.description, "");
  return type.startsWith("{") && schema.anyOf === undefined && schema.oneOf === undefined
    ? `${note}export interface ${name} ${type}\n`
    : `${note}export type ${name} = ${type};\n`;
}

function call(method: string, path: string, operation: Operation): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const query = parameters.filter((parameter) => parameter.in === "query");
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const isQueryNeeded = query.some((parameter) => parameter.required);
  const body = requestBody?.content["application/json"].schema;
  const signature = [
    ...inPath.map(({ name, schema }) => `${name}: ${typeOf(schema, "")}`),
    ...(query.length === 0 ? [] : [`query: ${queryType(query)}${isQueryNeeded ? "" : " = {}"}`]),
    ...(body === undefined ? [] : [`body: ${typeOf(body, "")}`]),
    "options: CallOptions = {}",
  ];
  const target =
    inPath.length === 0
      ? JSON.stringify(path)
      : `\`${path.replaceAll(/\{(\w+)\}/g, "${encodeURIComponent($1)}")}\``;
  const parts = [
    `method: "${method}"`,
    `path: ${target}`,
    ...(query.length === 0 ? [] : ["query: { ...query }"]),
    ...(body === undefined ? [] : ["body"]),
    "options",
  ];
  return `/** ${summary} @public */
export function ${operationId}(${signature.join(", ")}): Promise<${answerType(responses)}> {
  return send({ ${parts.join(", ")} });
}
`;
}

function queryType(query: readonly Parameter[]): string {
  const properties = Object.fromEntries(query.map(({ name, schema }) => [name, schema]));
  const required = query.filter((parameter) => parameter.required).map(({ name }) => name);
  return typeOf({ type: "object", properties, required, additionalProperties: false }, "");
}

/** What is inside the envelope; the whole answer where there is none. */
function answerType(responses: Operation["responses"]): string {
  const found = Object.entries(responses).find(([status]) => status.startsWith("2"));
  if (found === undefined) throw new Error("an operation without a success");
  const { schema } = found[1].content["application/json"];
  return typeOf(schema.properties?.["data"] ?? schema, "");
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return schema.$ref.replace("#/components/schemas/", "");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return options.map((option) => typeOf(option, indent)).join(" | ");
  if (schema.not !== undefined) return "never";
  if (schema.type === undefined) return "unknown";
  if (typeof schema.type !== "string")
    return schema.type.map((type) => typeOf({ ...schema, type }, indent)).join(" | ");
  return namedType(schema, schema.type, indent);
}

function namedType(schema: Schema, type: string, indent: string): string {
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "number":
    case "integer":
      return "number";
    case "array": {
      const item = typeOf(schema.items ?? {}, indent);
      return `readonly ${/^[\w{]/.test(item) && !item.includes(" | ") ? item : `(${item})`}[]`;
    }
    case "object":
      return objectType(schema, indent);
    default:
      throw new Error(`no TypeScript for the type ${type}`);
  }
}

function objectType({ properties, required = [], additionalProperties }: Schema, indent: string): string {
  if (properties === undefined) {
    const value = typeof additionalProperties === "object" ? typeOf(additionalProperties, indent) : "unknown";
    return `Readonly<Record<string, ${value}>>`;
  }
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
    const mark = required.includes(name) ? "" : "?";
    return `${comment(schema.description, inner)}${inner}readonly ${key}${mark}: ${typeOf(schema, inner)};\n`;
  });
  return `{\n${lines.join("")}${indent}}`;
}

function comment(description: string | undefined, indent: string): string {
  return description === undefined ? "" : `${indent}/** ${description.replaceAll("*/", "* /")} */\n`;
}
