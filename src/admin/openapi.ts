import * as z from "zod";
import type { AdminRoute } from "./admin-route.ts";
import { loopbackCookie, secureCookie } from "./caller.ts";
import { routes } from "./routes.ts";
import { components } from "./schemas.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/** The OpenAPI 3.1 document of the admin API, made from `routes` and `components` alone. */
export function openApiDocument(version: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [operationId, route] of Object.entries(routes)) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(operationId, route) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Sallyport admin API",
      version,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      description:
        "Everything that looks at or changes a running gateway. Served on the admin listener only.",
    },
    servers: [{ url: "/" }],
    security: [{ bearer: [] }, { session: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "The admin token." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: secureCookie,
          description: `Of the dashboard; on loopback, which has no TLS, \`${loopbackCookie}\`.`,
        },
      },
    },
  };
}

function operation(operationId: string, route: AdminRoute) {
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query)];
  return {
    operationId,
    summary: route.summary,
    "x-permission": route.permission,
    ...(route.permission === "public" ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { "application/json": { schema: reference(route.body) } } },
        }),
    responses: {
      [String(route.status ?? 200)]: {
        description: "Success.",
        content: { "application/json": { schema: answerSchema(route.answer) } },
      },
      default: {
        description: "Refusal or failure.",
        content: { "application/json": { schema: reference("Failure") } },
      },
    },
  };
}

function answerSchema(answer: AdminRoute["answer"]) {
  if (answer === "document") return { type: "object" };
  return {
    type: "object",
    properties: { status: { type: "string", const: "success" }, data: reference(answer) },
    required: ["status", "data"],
    additionalProperties: false,
  };
}

function pathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodObject | undefined) {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input", override: withoutNoise });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function componentSchemas(): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(components)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    uri: (id) => reference(id).$ref,
    override: withoutNoise,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema]),
  );
}

/** An integer of ours is always a safe one: the bounds that zod prints say nothing. */
function withoutNoise({ jsonSchema }: { readonly jsonSchema: JsonSchema }): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}
