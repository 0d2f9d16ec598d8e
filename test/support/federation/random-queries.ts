import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from "graphql";

export interface RandomQueries {
  readonly schema: GraphQLSchema;
  /** 0 to below `below`, the same sequence each time. */
  readonly next: (below: number) => number;
  /** `Type.field`, for which the two sides are known to have different data. */
  readonly without: ReadonlySet<string>;
  /** How fields with arguments are called, by `Type.field`. */
  readonly args: ReadonlyMap<string, readonly string[]>;
}

/** A query that is valid for the schema: aliases, fragments on every type that an object may be, the same fields again. */
export function randomQuery(world: RandomQueries): string {
  const { schema } = world;
  const root = schema.getQueryType();
  return root === null || root === undefined ? "" : selectionOf(world, root, 4);
}

function selectionOf(world: RandomQueries, type: GraphQLNamedType, depth: number): string {
  const { next, schema } = world;
  const parts: string[] = [];
  const count = 1 + next(depth === 4 ? 2 : 4);
  for (let index = 0; index < count; index += 1) {
    const fragment = isAbstractType(type) && next(2) === 0;
    const inner = fragment ? pick(world, schema.getPossibleTypes(type)) : type;
    if (fragment && inner !== undefined)
      parts.push(`... on ${inner.name} ${selectionOf(world, inner, depth)}`);
    else parts.push(fieldOf(world, type, depth));
  }
  return `{ ${parts.join(" ")} }`;
}

function fieldOf(world: RandomQueries, type: GraphQLNamedType, depth: number): string {
  const { next, without, args } = world;
  const known = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const fields = known.filter(
    ({ name, type: given }) =>
      !without.has(`${type.name}.${name}`) && (depth > 1 || !isCompositeType(named(given))),
  );
  const field = pick(world, fields);
  if (field === undefined || next(8) === 0) return `${alias(next)}__typename`;
  const given = pick(world, args.get(`${type.name}.${field.name}`) ?? [""]) ?? "";
  const inner = named(field.type);
  const below = isCompositeType(inner) ? ` ${selectionOf(world, inner, depth - 1)}` : "";
  return `${alias(next)}${field.name}${given}${below}`;
}

const named = (type: GraphQLOutputType): GraphQLNamedType => getNamedType(type);
/** Each its own, so that no two are in each other's way. */
let aliases = 0;
function alias(next: RandomQueries["next"]): string {
  aliases += 1;
  return `x${aliases}${next(2) === 0 ? "id" : ""}: `;
}

const pick = <T>({ next }: RandomQueries, list: readonly T[]): T | undefined => list[next(list.length)];
