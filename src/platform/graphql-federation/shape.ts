import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FieldNode,
  type GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  getLocation,
} from "graphql";
import { GatewayError } from "../../kernel/errors.ts";
import type { GraphqlError, GraphqlResult } from "../../ports/graphql-federation.ts";
import { type Asked, clientPlace } from "./client-path.ts";
import { SubgraphError } from "./faults.ts";
import type { Model } from "./model.ts";
import type { Names } from "./names.ts";
import type { Harvest } from "./run-plan.ts";
import { isBranch, typename } from "./tree.ts";

export interface Shaping {
  readonly schema: GraphQLSchema;
  readonly model: Model;
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** How the client's own selections are found again. */
  readonly asked: Asked;
  readonly errorsMax: number;
  readonly exposeSubgraphErrors: boolean;
}

const typeResolver: GraphQLTypeResolver<unknown, Names> = (value) => {
  const name = isBranch(value) ? value.get(typename) : undefined;
  return typeof name === "string" ? name : undefined;
};

/** Executes the client's operation over data that is there already: aliases, null propagation, coercion, introspection. */
export function shape(shaping: Shaping, { root, loose }: Harvest): GraphqlResult {
  const { names } = shaping.asked;
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
    rootValue: root,
    variableValues: shaping.variables,
    operationName: shaping.operationName ?? null,
    fieldResolver,
    typeResolver,
    contextValue: names,
  });
  if (result instanceof Promise) throw new GatewayError("internal", "shaping an answer waited for something");
  return told(shaping, result, loose);
}

/** An object of a type that clients do not know is null to them. */
function known(schema: GraphQLSchema, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => known(schema, one));
  const name = isBranch(value) ? value.get(typename) : undefined;
  return typeof name === "string" && schema.getType(name) === undefined ? null : value;
}

function told(
  shaping: Shaping,
  { data, errors = [] }: ExecutionResult,
  loose: readonly SubgraphError[],
): GraphqlResult {
  const list: GraphqlError[] = [];
  const texts = new Set<string>();
  const add = (error: GraphqlError) => {
    const text = JSON.stringify(error);
    if (!texts.has(text) && list.length < shaping.errorsMax) list.push(error);
    texts.add(text);
  };
  /** Where each arose is looked for in the whole document: so often, whether it is told or was told before. */
  let left = shaping.errorsMax;
  for (const error of errors.slice(0, shaping.errorsMax)) {
    add(toldError(shaping, error));
    const { originalError: cause, path = [] } = error;
    const others = cause instanceof SubgraphError ? cause.others.slice(0, left) : [];
    left -= others.length;
    for (const other of others) add({ ...worded(shaping, other), ...placeOf(shaping, path, other) });
  }
  for (const error of loose.slice(0, shaping.errorsMax)) add(toldLoose(shaping, error));
  if (list.length === 0) return { data };
  return data === undefined ? { errors: list } : { data, errors: list };
}

const ours = /^Cannot return null for non-nullable field |^Variable "\$/;

function toldError(shaping: Shaping, error: GraphQLError): GraphqlError {
  const cause = error.originalError;
  const { path, locations } = error;
  const place = {
    ...(path === undefined ? {} : { path }),
    ...(locations === undefined ? {} : { locations }),
  };
  if (cause instanceof GatewayError)
    return { message: cause.publicMessage, ...place, extensions: { code: cause.code.toUpperCase() } };
  if (cause instanceof SubgraphError)
    return { ...worded(shaping, cause), ...(placeOf(shaping, path ?? [], cause) ?? place) };
  if (ours.test(error.message)) return { message: error.message, ...place };
  return { ...masked, ...place };
}

/** An error that has left no null: what it says of the root can be placed, what it says of an entity not. */
function toldLoose(shaping: Shaping, error: SubgraphError): GraphqlError {
  return { ...worded(shaping, error), ...placeOf(shaping, [], error) };
}

function placeOf({ asked }: Shaping, at: readonly (string | number)[], { origin }: SubgraphError) {
  const found = origin === undefined ? undefined : clientPlace(asked, at, origin);
  return found === undefined ? undefined : { path: found.path, ...locationsOf(found.node) };
}

function locationsOf(node: FieldNode | undefined): Pick<GraphqlError, "locations"> {
  const loc = node?.loc;
  if (loc === undefined) return {};
  const { line, column } = getLocation(loc.source, loc.start);
  return { locations: [{ line, column }] };
}

const masked = {
  message: "A subgraph could not deliver this field.",
  extensions: { code: "UPSTREAM_FAILED" },
} as const;

function worded({ exposeSubgraphErrors }: Shaping, error: SubgraphError): GraphqlError {
  return exposeSubgraphErrors ? { message: error.message, extensions: exposed(error) } : masked;
}

function exposed({ told: { extensions } }: SubgraphError): Record<string, unknown> {
  return typeof extensions === "object" && extensions !== null ? { ...extensions } : {};
}
