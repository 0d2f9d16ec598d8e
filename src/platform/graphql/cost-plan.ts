import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLType,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";
import { type ListSize, listSizeOf, weightOf } from "./cost-directives.ts";

/** A field as cost sees it: all that does not depend on variables is settled. */
export interface FieldCost {
  readonly node: FieldNode;
  /** Its own weight and those of the arguments that it is given. */
  readonly weight: number;
  /** How many levels of lists its type has; 0: it is one thing. */
  readonly lists: number;
  readonly listSize: ListSize | undefined;
  /** Defaults of slicing arguments, from the schema. */
  readonly defaults: ReadonlyMap<string, unknown>;
  readonly children: SelectionCost;
}

export interface SelectionCost {
  readonly fields: readonly FieldCost[];
  /** Names of fragments, as often as they are spread. */
  readonly spreads: readonly string[];
}

/** The costs of a document: an operation's own selections, and those of each fragment once. */
export interface CostPlan {
  readonly operations: ReadonlyMap<OperationDefinitionNode, SelectionCost>;
  readonly fragments: ReadonlyMap<string, SelectionCost>;
}

const none: SelectionCost = { fields: [], spreads: [] };

/**
 * Looks up once what each field of a document weighs: 1 if it has fields, 0 if not, or what `@cost` says of the field or
 * its type. Introspection is free: it has bounds of its own.
 *
 * @param schema Without one each field with fields weighs 1, and no list is known.
 */
export function planCost(
  schema: GraphQLSchema | undefined,
  operations: Iterable<OperationDefinitionNode>,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): CostPlan {
  function ofSelections(
    set: SelectionSetNode | undefined,
    parent: GraphQLNamedType | undefined,
  ): SelectionCost {
    if (set === undefined) return none;
    const fields: FieldCost[] = [];
    const spreads: string[] = [];
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        if (!selection.name.value.startsWith("__")) fields.push(ofField(selection, parent));
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) spreads.push(selection.name.value);
      else {
        const condition = selection.typeCondition?.name.value;
        const inner = ofSelections(
          selection.selectionSet,
          condition === undefined ? parent : schema?.getType(condition),
        );
        fields.push(...inner.fields);
        spreads.push(...inner.spreads);
      }
    }
    return { fields, spreads };
  }

  function ofField(node: FieldNode, parent: GraphQLNamedType | undefined): FieldCost {
    const field = fieldOf(parent, node.name.value);
    if (field === undefined) {
      const children = ofSelections(node.selectionSet, undefined);
      const weight = node.selectionSet === undefined ? 0 : 1;
      return { node, weight, lists: 0, listSize: undefined, defaults: noDefaults, children };
    }
    const type = getNamedType(field.type);
    const listSize = listSizeOf(field.astNode);
    return {
      node,
      weight: ownWeight(field, type) + argumentWeights(field, node),
      lists: listsIn(field.type),
      listSize,
      defaults: listSize === undefined ? noDefaults : defaultsOf(field),
      children: ofSelections(node.selectionSet, type),
    };
  }

  return {
    operations: new Map(
      [...operations].map((operation) => {
        const root = schema?.getRootType(operation.operation);
        return [operation, ofSelections(operation.selectionSet, root ?? undefined)];
      }),
    ),
    fragments: new Map(
      [...fragments].map(([name, { typeCondition, selectionSet }]) => [
        name,
        ofSelections(selectionSet, schema?.getType(typeCondition.name.value)),
      ]),
    ),
  };
}

const noDefaults: ReadonlyMap<string, unknown> = new Map();

function fieldOf(
  parent: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (!isObjectType(parent) && !isInterfaceType(parent)) return undefined;
  const fields = parent.getFields();
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

const ownWeight = (field: GraphQLField<unknown, unknown>, type: GraphQLNamedType): number =>
  weightOf(field.astNode) ?? weightOf(type.astNode) ?? (isCompositeType(type) ? 1 : 0);

function argumentWeights(field: GraphQLField<unknown, unknown>, node: FieldNode): number {
  let sum = 0;
  for (const { name } of node.arguments ?? []) {
    sum += weightOf(field.args.find((argument) => argument.name === name.value)?.astNode) ?? 0;
  }
  return sum;
}

function listsIn(type: GraphQLType): number {
  if (isNonNullType(type)) return listsIn(type.ofType);
  return isListType(type) ? 1 + listsIn(type.ofType) : 0;
}

const defaultsOf = (field: GraphQLField<unknown, unknown>): ReadonlyMap<string, unknown> =>
  new Map(field.args.map(({ name, defaultValue }) => [name, defaultValue]));
