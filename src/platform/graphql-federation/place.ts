import { type FieldNode, Kind, type SelectionNode, type SelectionSetNode } from "graphql";
import { type Fetch, type Selected, type Step, selectField, selectNothing, selectOn } from "./fetches.ts";
import { type Flattening, flatten } from "./flatten.ts";
import { type CompositeType, type FieldJoin, isServed, type Model } from "./model.ts";
import type { Names } from "./names.ts";

/** Who delivers to a place, under which type, and where in its operation. */
export interface Source {
  readonly fetch: Fetch;
  readonly selected: Selected;
  readonly graph: string;
  readonly typeName: string;
  readonly provided: readonly SelectionNode[];
}

/** The objects of one type at one path of the tree. */
export interface Place {
  readonly typeName: string;
  /** The home knows an interface only, and not which type an object is. */
  readonly isVirtual: boolean;
  readonly path: readonly Step[];
  readonly on: string | undefined;
  /** The home first. */
  readonly sources: Source[];
}

export interface Planning extends Flattening {
  readonly names: Names;
  readonly labelsOn: ReadonlySet<string>;
  readonly fetches: Fetch[];
}

export interface SourceNode {
  readonly graph: string;
  readonly typeName: string;
}

/** How a source takes part in a field; `provided`: what it has of it only here. */
export interface Local {
  readonly join: FieldJoin | undefined;
  readonly provided: readonly SelectionNode[];
}

/** Whether a source has a field of its objects, by itself or because it is provided here. */
export function localIn(planning: Planning, source: Source, name: string): Local | undefined {
  const type = planning.model.types.get(source.typeName);
  if (isRealInterface(type, source.graph)) return undefined;
  const join = type?.fields.get(name)?.joins.get(source.graph);
  const { fields } = flatten(planning, source.typeName, source.provided);
  const provided = fields.find((one) => one.name === name);
  const isOwn = isServed(join, planning.labelsOn) && join.requires === undefined;
  return isOwn || provided !== undefined ? { join, provided: provided?.selections ?? [] } : undefined;
}

export function isRealInterface(type: CompositeType | undefined, graph: string): boolean {
  return type?.kind === "interface" && type.joins.get(graph)?.isInterfaceObject !== true;
}

/** Whether a subgraph has all fields of a key, of an object of that type. A key's fields it has even if external. */
export function hasKeyFields(
  model: Model,
  { graph, typeName }: SourceNode,
  selections: readonly SelectionNode[],
): boolean {
  const type = model.types.get(typeName);
  return selections.every((node) => {
    if (node.kind === Kind.FRAGMENT_SPREAD) return false;
    if (node.kind === Kind.FIELD) return hasKeyField(model, { graph, type }, node);
    const on = node.typeCondition?.name.value ?? typeName;
    return hasKeyFields(model, { graph, typeName: on }, node.selectionSet.selections);
  });
}

function hasKeyField(
  model: Model,
  { graph, type }: { readonly graph: string; readonly type: CompositeType | undefined },
  node: FieldNode,
): boolean {
  const name = node.name.value;
  if (name === "__typename") return true;
  const field = type?.fields.get(name);
  const join = field?.joins.get(graph);
  if (field === undefined || join === undefined || join.requires !== undefined) return false;
  if (join.isExternal && !isInKey(type, graph, name)) return false;
  return hasKeyFields(model, { graph, typeName: join.typeName ?? field.typeName }, inner(node));
}

function isInKey(type: CompositeType | undefined, graph: string, name: string): boolean {
  return (type?.joins.get(graph)?.keys ?? []).some(({ selection }) =>
    selection.selections.some((one) => one.kind === Kind.FIELD && one.name.value === name),
  );
}

/** Asks a source for a key's fields. */
export function selectKey(
  planning: Planning,
  source: Pick<Source, "selected" | "graph" | "typeName">,
  selections: readonly SelectionNode[],
): void {
  for (const node of selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const typeName = node.typeCondition?.name.value ?? source.typeName;
      source.selected.hasTypename = true;
      const selected = typeName === source.typeName ? source.selected : selectOn(source.selected, typeName);
      selectKey(planning, { ...source, selected, typeName }, node.selectionSet.selections);
    }
    if (node.kind === Kind.FIELD) selectKeyField(planning, source, node);
  }
}

function selectKeyField(
  planning: Planning,
  source: Pick<Source, "selected" | "graph" | "typeName">,
  node: FieldNode,
): void {
  const field = planning.model.types.get(source.typeName)?.fields.get(node.name.value);
  if (field === undefined) return;
  const args = node.arguments ?? [];
  const { sub } = selectField(source.selected, field, { key: planning.names.of(field, args), args });
  const typeName = field.joins.get(source.graph)?.typeName ?? field.typeName;
  selectKey(planning, { selected: sub ?? selectNothing(), graph: source.graph, typeName }, inner(node));
}

function inner(node: FieldNode): readonly SelectionNode[] {
  return node.selectionSet?.selections ?? [];
}

/** The top fields of a field set, each as a set of its own. */
export function partsOf(set: SelectionSetNode): readonly (readonly SelectionNode[])[] {
  return set.selections.map((one) => [one]);
}
