import { type GraphQLSchema, isIntrospectionType, isSpecifiedScalarType } from "graphql";
import type { GraphqlEngine, GraphqlSchemaHandle } from "../../ports/graphql.ts";
import { createChecker } from "./checker.ts";
import { readSchema } from "./read-schema.ts";

const cacheBytesDefault = 16 * 1024 * 1024;

/** The engine of GraphQL documents on the reference implementation. */
export function createGraphqlEngine(): GraphqlEngine {
  const schemas = new WeakMap<GraphqlSchemaHandle, GraphQLSchema>();
  return {
    schemaOf(text) {
      const read = readSchema(text);
      if ("problems" in read) return { kind: "problems", problems: read.problems };
      const schema: GraphqlSchemaHandle = { kind: "graphql-schema" };
      schemas.set(schema, read.schema);
      return { kind: "schema", schema, types: typesOf(read.schema) };
    },
    checkerOf({ schema, limits, cacheBytesMax = cacheBytesDefault }) {
      const known = schema === undefined ? undefined : schemas.get(schema);
      if (schema !== undefined && known === undefined) throw new Error("a schema of another engine");
      return createChecker(known, limits, cacheBytesMax);
    },
  };
}

const typesOf = (schema: GraphQLSchema): number =>
  Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  ).length;
