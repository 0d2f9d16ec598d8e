import {
  type ArgumentNode,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
} from "graphql";
import { isA, type Model, possibleTypes } from "./model.ts";
import { argumentsText } from "./names.ts";

/** One field of one type, however often it is asked for, with all that is asked below it. */
export interface Picked {
  readonly name: string;
  readonly args: readonly ArgumentNode[];
  /** Of mutations: what tells two that are alike apart. */
  readonly alias: string | undefined;
  readonly selections: readonly SelectionNode[];
}

export interface Flat {
  readonly fields: readonly Picked[];
  /** What is asked of objects of narrower types only. */
  readonly narrower: readonly SelectionNode[];
}

export interface Flattening {
  readonly model: Model;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By `@skip` and `@include`. */
  readonly isIncluded: (directives: readonly DirectiveNode[] | undefined) => boolean;
  /** Counts work; throws when it is too much. */
  readonly step: () => void;
}

/** The fields that selections ask of a type. Of an abstract type: those that hold whatever the object turns out to be. */
export function flatten(context: Flattening, typeName: string, selections: readonly SelectionNode[]): Flat {
  const fields = new Map<string, Picked & { readonly selections: SelectionNode[] }>();
  const narrower: SelectionNode[] = [];
  const kind = context.model.types.get(typeName)?.kind;
  const addField = (node: FieldNode) => {
    const args = node.arguments ?? [];
    const alias = typeName === context.model.roots.mutation ? (node.alias ?? node.name).value : undefined;
    const id = `${alias ?? ""}:${node.name.value}(${argumentsText(args)})`;
    const known = fields.get(id) ?? { name: node.name.value, args, alias, selections: [] };
    known.selections.push(...(node.selectionSet?.selections ?? []));
    fields.set(id, known);
  };
  const walk = (list: readonly SelectionNode[]) => {
    for (const node of list) {
      context.step();
      if (!context.isIncluded(node.directives)) continue;
      if (node.kind === Kind.FIELD) {
        addField(node);
        continue;
      }
      const { condition, inner } = conditional(context, node);
      if (condition === undefined || isA(context.model, typeName, condition)) walk(inner);
      else if (kind !== "object" && mayBe(context.model, typeName, condition))
        narrower.push(onType(condition, inner));
    }
  };
  walk(selections);
  return { fields: [...fields.values()], narrower };
}

function conditional(context: Flattening, node: Exclude<SelectionNode, FieldNode>) {
  const fragment = node.kind === Kind.FRAGMENT_SPREAD ? context.fragments.get(node.name.value) : node;
  return {
    condition: fragment?.typeCondition?.name.value,
    inner: fragment?.selectionSet.selections ?? [],
  };
}

function mayBe(model: Model, typeName: string, condition: string): boolean {
  const others = possibleTypes(model, condition);
  for (const one of possibleTypes(model, typeName)) if (others.has(one)) return true;
  return false;
}

export function onType(typeName: string, selections: readonly SelectionNode[]): InlineFragmentNode {
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } },
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
}

export function fieldNode({ name, args, alias }: Picked, selections: readonly SelectionNode[]): FieldNode {
  const plain = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name }, arguments: args } as const;
  const field = alias === undefined ? plain : { ...plain, alias: { kind: Kind.NAME, value: alias } as const };
  return selections.length === 0
    ? field
    : { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}
