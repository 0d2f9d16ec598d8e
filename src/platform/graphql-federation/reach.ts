import { Kind, type SelectionNode, type SelectionSetNode } from "graphql";
import { type Fetch, type Representation, selectNothing } from "./fetches.ts";
import {
  hasKeyFields,
  isRealInterface,
  type Place,
  type Planning,
  partsOf,
  type Source,
  type SourceNode,
  selectKey,
} from "./place.ts";

/** A subgraph that an object can be asked at. */
export interface Reached extends SourceNode {
  /** How many fetches away. */
  readonly distance: number;
}

/** Every subgraph under every type by which it may know the objects of a place. */
function candidatesOf({ model }: Planning, { typeName, isVirtual }: Place): readonly SourceNode[] {
  const type = model.types.get(typeName);
  const found: SourceNode[] = [...(type?.joins.keys() ?? [])].map((graph) => ({ graph, typeName }));
  if (isVirtual) return found;
  for (const name of type?.interfaces ?? [])
    for (const [graph, { isInterfaceObject }] of model.types.get(name)?.joins ?? [])
      if (isInterfaceObject) found.push({ graph, typeName: name });
  return found;
}

/**
 * Where the objects of a place can be asked, nearest first: beginning with its sources, each round adds those of whom
 * a key can be put together from the ones before.
 */
export function reachFrom(planning: Planning, place: Place): readonly Reached[] {
  const reached: Reached[] = place.sources.map(({ graph, typeName }) => ({ graph, typeName, distance: 0 }));
  let open = candidatesOf(planning, place).filter((one) => !reached.some((other) => isSame(one, other)));
  for (let distance = 1; open.length > 0; distance++) {
    const known = [...reached];
    const next = open.filter((one) => keyFor(planning, one, known) !== undefined);
    if (next.length === 0) break;
    planning.step();
    reached.push(...next.map((one) => ({ ...one, distance })));
    open = open.filter((one) => !next.includes(one));
  }
  return reached;
}

export function isSame(one: SourceNode, other: SourceNode): boolean {
  return one.graph === other.graph && one.typeName === other.typeName;
}

/** The key by which a subgraph can be asked for an entity, and who has which part of it. */
function keyFor({ model }: Planning, to: SourceNode, known: readonly SourceNode[]) {
  for (const { selection, isResolvable } of model.types.get(to.typeName)?.joins.get(to.graph)?.keys ?? []) {
    if (!isResolvable) continue;
    const suppliers = partsOf(selection).map((part) => ({
      part,
      from: known.find((one) => hasKeyFields(model, one, part)),
    }));
    if (suppliers.every(({ from }) => from !== undefined)) return { selection, suppliers };
  }
  return undefined;
}

interface Supplied {
  readonly key: SelectionSetNode;
  readonly after: ReadonlySet<Fetch>;
}

/** Sees to it that a key of a subgraph is in the tree. `undefined`: no way leads there. */
export function supplyKey(planning: Planning, place: Place, to: SourceNode): Supplied | undefined {
  const reached = reachFrom(planning, place);
  const self = reached.find((one) => isSame(one, to));
  if (self === undefined) return undefined;
  const nearer = reached.filter(({ distance }) => distance === 0 || distance < self.distance);
  const found = keyFor(planning, to, nearer);
  if (found === undefined) return undefined;
  const after = new Set<Fetch>();
  for (const { part, from } of found.suppliers) {
    const source = from === undefined ? undefined : sourceAt(planning, place, from);
    if (source === undefined) return undefined;
    selectKey(planning, source, part);
    after.add(source.fetch);
  }
  return { key: found.selection, after };
}

/** The source of a place at a subgraph: the one that is there, or a new fetch of the entity. */
export function sourceAt(planning: Planning, place: Place, to: SourceNode): Source | undefined {
  const known = place.sources.find((source) => isSame(source, to));
  if (known !== undefined) return known;
  const supplied = supplyKey(planning, place, to);
  return supplied === undefined ? undefined : addEntityFetch(planning, place, { to, ...supplied });
}

export function addEntityFetch(
  planning: Planning,
  place: Place,
  { to, key, after }: Supplied & { readonly to: SourceNode },
): Source {
  planning.step();
  const compiled = representationOf(planning, place.typeName, key.selections);
  const fetch: Fetch = {
    id: planning.fetches.length,
    graph: to.graph,
    operation: "query",
    path: place.path,
    on: place.on,
    target: { typeName: to.typeName, representations: [compiled], key: compiled },
    selected: selectNothing(),
    after: new Set(after),
  };
  fetch.selected.hasTypename = isRealInterface(planning.model.types.get(to.typeName), to.graph);
  planning.fetches.push(fetch);
  const source = { fetch, selected: fetch.selected, ...to, provided: [] };
  place.sources.push(source);
  return source;
}

/** A field set as what is read from the tree. */
export function representationOf(
  planning: Planning,
  typeName: string,
  selections: readonly SelectionNode[],
): Representation {
  const type = planning.model.types.get(typeName);
  const fields: Representation["fields"][number][] = [];
  const typed: Representation["typed"][number][] = [];
  for (const node of selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) {
      const on = node.typeCondition?.name.value ?? typeName;
      typed.push({ on, sub: representationOf(planning, on, node.selectionSet.selections) });
    }
    const field = node.kind === Kind.FIELD ? type?.fields.get(node.name.value) : undefined;
    if (node.kind !== Kind.FIELD || field === undefined) continue;
    const inner = node.selectionSet?.selections;
    fields.push({
      name: field.name,
      key: planning.names.of(field, node.arguments),
      sub: inner === undefined ? undefined : representationOf(planning, field.typeName, inner),
    });
  }
  return { fields, typed };
}
