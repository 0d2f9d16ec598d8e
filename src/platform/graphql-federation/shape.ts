import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
} from "graphql";
import { GatewayError } from "../../kernel/errors.ts";
import type { GraphqlError, GraphqlResult } from "../../ports/graphql-federation.ts";
import type { Model } from "./model.ts";
import type { Names } from "./names.ts";
import { SubgraphError } from "./run-plan.ts";
import { type Branch, isBranch, typename } from "./tree.ts";

export interface Shaping {
  readonly schema: GraphQLSchema;
  readonly model: Model;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly errorsMax: number;
  readonly exposeSubgraphErrors: boolean;
}

const typeResolver: GraphQLTypeResolver<unknown, Names> = (value) => {
  const name = isBranch(value) ? value.get(typename) : undefined;
  return typeof name === "string" ? name : undefined;
};

/** Executes the client's operation over data that is there already: aliases, null propagation, coercion, introspection. */
export function shape(shaping: Shaping, tree: Branch, names: Names): GraphqlResult {
  const fieldResolver: GraphQLFieldResolver<unknown, Names> = (parent, _args, _context, info) => {
    const field = shaping.model.types.get(info.parentType.name)?.fields.get(info.fieldName);
    if (field === undefined || !isBranch(parent)) return undefined;
    const isMutation = info.parentType.name === shaping.model.roots.mutation;
    const alias = isMutation ? String(info.path.key) : undefined;
    return known(shaping.schema, parent.get(names.of(field, info.fieldNodes[0]?.arguments, alias)));
  };
  const result = execute({
    schema: shaping.schema,
    document: shaping.document,
    rootValue: tree,
    variableValues: shaping.variables,
    operationName: shaping.operationName ?? null,
    fieldResolver,
    typeResolver,
    contextValue: names,
  });
  if (result instanceof Promise) throw new GatewayError("internal", "shaping an answer waited for something");
  return told(shaping, result);
}

/** An object of a type that clients do not know is null to them. */
function known(schema: GraphQLSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => known(schema, one));
  const name = isBranch(value) ? value.get(typename) : undefined;
  return typeof name === "string" && schema.getType(name) === undefined ? null : value;
}

function told(shaping: Shaping, result: ExecutionResult): GraphqlResult {
  const { data, errors } = result;
  if (errors === undefined) return { data };
  const list = errors.slice(0, shaping.errorsMax).map((error) => toldError(shaping, error));
  return data === undefined ? { errors: list } : { data, errors: list };
}

const ours = /^Cannot return null for non-nullable field |^Variable "\$/;

function toldError({ exposeSubgraphErrors }: Shaping, error: GraphQLError): GraphqlError {
  const cause = error.originalError;
  const place = {
    ...(error.path === undefined ? {} : { path: error.path }),
    ...(error.locations === undefined ? {} : { locations: error.locations }),
  };
  if (cause instanceof GatewayError)
    return { message: cause.publicMessage, ...place, extensions: { code: cause.code.toUpperCase() } };
  if (cause instanceof SubgraphError && exposeSubgraphErrors)
    return { message: cause.message, ...place, extensions: exposed(cause) };
  if (!(cause instanceof SubgraphError) && ours.test(error.message))
    return { message: error.message, ...place };
  return {
    message: "A subgraph could not deliver this field.",
    ...place,
    extensions: { code: "UPSTREAM_FAILED" },
  };
}

function exposed({ told: { extensions } }: SubgraphError): Record<string, unknown> {
  return typeof extensions === "object" && extensions !== null ? { ...extensions } : {};
}
