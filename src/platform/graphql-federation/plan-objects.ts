import type { FieldNode, SelectionNode, SelectionSetNode } from "graphql";
import { type Fetch, type Step, selectField, selectNothing, selectOn, waitsFor } from "./fetches.ts";
import { fieldNode, flatten, onType, type Picked } from "./flatten.ts";
import { type Field, type FieldJoin, isInterfaceObject, isServed } from "./model.ts";
import {
  isRealInterface,
  type Local,
  localIn,
  type Place,
  type Planning,
  type Source,
  type SourceNode,
} from "./place.ts";
import { addEntityFetch, isSame, reachFrom, representationOf, sourceAt, supplyKey } from "./reach.ts";

/** Fetches that deliver what is being planned: whoever needs it waits for them. */
export type Touched = Set<Fetch>;
type Selections = readonly SelectionNode[];

/** Plans what is asked of the objects of a place, and gives back what nobody can deliver there. */
export function planObject(
  planning: Planning,
  place: Place,
  selections: Selections,
  touched: Touched,
): Selections {
  const { fields, narrower } = flatten(planning, place.typeName, selections);
  const real: SelectionNode[] = [...narrower];
  const left: SelectionNode[] = [];
  for (const picked of fields) {
    planning.step();
    if (picked.name === "__typename") {
      if (place.isVirtual) real.push(fieldNode(picked, []));
    } else left.push(...planField(planning, place, picked, touched));
  }
  const [home] = place.sources;
  if (place.isVirtual && home !== undefined) {
    if (real.length > 0) home.selected.needsType = true;
    else home.selected.guess = place.typeName;
  }
  return real.length === 0 ? left : [...left, ...planReal(planning, place, real, touched)];
}

function planField(planning: Planning, place: Place, picked: Picked, touched: Touched): readonly FieldNode[] {
  const field = planning.model.types.get(place.typeName)?.fields.get(picked.name);
  if (field === undefined) return [];
  let open: readonly FieldNode[] = [fieldNode(picked, picked.selections)];
  let wanted = picked;
  const tried: SourceNode[] = [];
  const goOn = (left: Selections | undefined) => {
    if (left === undefined) return;
    open = left.length === 0 && (field.isLeaf || left !== noneLeft) ? [] : [fieldNode(picked, left)];
    wanted = { ...picked, selections: left };
  };
  for (const source of [...place.sources]) {
    const local = localIn(planning, source, picked.name);
    if (local === undefined || open.length === 0) continue;
    tried.push(source);
    goOn(planHere(planning, { place, source, field, local }, wanted, touched));
  }
  if (open.length === 0) return open;
  for (const option of optionsFor(planning, place, picked.name)) {
    if (tried.some((one) => isSame(one, option)) && option.join?.requires === undefined) continue;
    goOn(planOption(planning, { place, option, field }, wanted, touched));
    if (open.length === 0) return open;
  }
  return open;
}

const noneLeft: Selections = [];

interface Option extends SourceNode {
  readonly join: FieldJoin | undefined;
}

/** Who else may be asked for a field, nearest first. */
function optionsFor(planning: Planning, place: Place, name: string): readonly Option[] {
  const { model, labelsOn } = planning;
  const options: (Option & { readonly cost: number })[] = [];
  for (const { graph, typeName, distance } of reachFrom(planning, place)) {
    const join = model.types.get(typeName)?.fields.get(name)?.joins.get(graph);
    if (!isServed(join, labelsOn)) continue;
    options.push({ graph, typeName, join, cost: distance + (join.requires === undefined ? 0 : 2) });
  }
  return options.toSorted((a, b) => a.cost - b.cost);
}

/** `undefined`: not possible this way. */
function planOption(
  planning: Planning,
  { place, option, field }: { readonly place: Place; readonly option: Option; readonly field: Field },
  picked: Picked,
  touched: Touched,
): Selections | undefined {
  const requires = option.join?.requires;
  if (requires !== undefined) {
    const source = sourceWithRequired(planning, { place, option }, requires);
    const local = { join: option.join, provided: [] };
    return source === undefined
      ? undefined
      : planHere(planning, { place, source, field, local }, picked, touched);
  }
  const source = sourceAt(planning, place, option);
  if (source === undefined) return undefined;
  if (!isRealInterface(planning.model.types.get(option.typeName), option.graph))
    return planHere(
      planning,
      { place, source, field, local: { join: option.join, provided: [] } },
      picked,
      touched,
    );
  const left = planAbstract(
    planning,
    { ...source, path: place.path },
    [fieldNode(picked, picked.selections)],
    touched,
  );
  return left.length === 0 ? [] : undefined;
}

function sourceWithRequired(
  planning: Planning,
  { place, option }: { readonly place: Place; readonly option: Option },
  requires: SelectionSetNode,
): Source | undefined {
  const after: Touched = new Set();
  if (planObject(planning, place, requires.selections, after).length > 0) return undefined;
  const supplied = supplyKey(planning, place, option);
  if (supplied === undefined) return undefined;
  const all = new Set([...after, ...supplied.after]);
  const required = representationOf(planning, place.typeName, requires.selections);
  const text = JSON.stringify(required);
  const known = place.sources.find(
    ({ fetch, ...source }) =>
      isSame(source, option) &&
      fetch.target?.representations.some((one) => JSON.stringify(one) === text) === true,
  );
  if (known !== undefined && ![...all].some((one) => waitsFor(one, known.fetch))) return known;
  const source = addEntityFetch(planning, place, { to: option, key: supplied.key, after: all });
  source.fetch.target?.representations.push(required);
  return source;
}

interface Here {
  readonly place: Place;
  readonly source: Source;
  readonly field: Field;
  readonly local: Local;
}

/** Asks a source for a field and what is below it; gives back what cannot be had below. */
function planHere(
  planning: Planning,
  { place, source, field, local }: Here,
  picked: Picked,
  touched: Touched,
): Selections {
  const key = planning.names.of(field, picked.args, picked.alias);
  const { sub } = selectField(source.selected, field, { key, args: picked.args });
  touched.add(source.fetch);
  if (sub === undefined) return [];
  const at = {
    ...source,
    selected: sub,
    typeName: local.join?.typeName ?? field.typeName,
    path: [...place.path, { key, on: place.on }],
    provided: [...local.provided, ...(local.join?.provides?.selections ?? [])],
  };
  if (planning.model.types.get(field.typeName)?.kind !== "object")
    sub.hasTypename ||= !isInterfaceObject(planning.model, at.typeName, source.graph);
  return planBelow(planning, at, picked.selections, touched);
}

export type At = Source & { readonly path: readonly Step[] };

export function planBelow(planning: Planning, at: At, selections: Selections, touched: Touched): Selections {
  const { typeName, path, graph } = at;
  const isVirtual = isInterfaceObject(planning.model, typeName, graph);
  if (!isVirtual && planning.model.types.get(typeName)?.kind !== "object")
    return planAbstract(planning, at, selections, touched);
  return planObject(
    planning,
    { typeName, isVirtual, path, on: undefined, sources: [at] },
    selections,
    touched,
  );
}

/** Plans for objects of which a subgraph knows the types: once for what all have alike, then type by type. */
export function planAbstract(
  planning: Planning,
  at: At,
  selections: Selections,
  touched: Touched,
): Selections {
  const { typeName, graph, selected, path } = at;
  const type = planning.model.types.get(typeName);
  selected.hasTypename = true;
  const { fields, narrower } = flatten(planning, typeName, selections);
  const byType: SelectionNode[] = [...narrower];
  for (const picked of fields) {
    const field = type?.fields.get(picked.name);
    if (field === undefined || !isAlike(planning, at, field)) {
      if (picked.name !== "__typename") byType.push(fieldNode(picked, picked.selections));
      continue;
    }
    const place = { typeName, isVirtual: false, path, on: undefined, sources: [at] };
    const local = { join: field.joins.get(graph), provided: [] };
    const left = planHere(planning, { place, source: at, field, local }, picked, touched);
    if (left.length > 0) byType.push(fieldNode(picked, left));
  }
  if (byType.length === 0) return [];
  const left: SelectionNode[] = [];
  for (const one of type?.possibleIn.get(graph) ?? []) {
    const own = { ...at, selected: selectOn(selected, one), typeName: one };
    const place = { typeName: one, isVirtual: false, path, on: one, sources: [own] };
    const rest = planObject(planning, place, byType, touched);
    if (rest.length > 0) left.push(onType(one, rest));
  }
  return left;
}

/** Whether a field can be asked of the interface itself: all its objects here have it, and it looks the same on all. */
function isAlike(planning: Planning, { typeName, graph, provided }: At, field: Field): boolean {
  const { model, labelsOn } = planning;
  const type = model.types.get(typeName);
  const join = field.joins.get(graph);
  if (!isServed(join, labelsOn) || join.requires !== undefined || provided.length > 0) return false;
  return [...(type?.possibleIn.get(graph) ?? [])].every((one) => {
    const own = model.types.get(one)?.fields.get(field.name);
    const ownJoin = own?.joins.get(graph);
    return (
      own?.signature === field.signature && isServed(ownJoin, labelsOn) && ownJoin.requires === undefined
    );
  });
}

/** Asks a subgraph that knows the types of an interface's objects for what depends on them. */
function planReal(planning: Planning, place: Place, selections: Selections, touched: Touched): Selections {
  const { model } = planning;
  for (const node of reachFrom(planning, place)) {
    if (!isRealInterface(model.types.get(node.typeName), node.graph)) continue;
    const source = sourceAt(planning, place, node);
    if (source === undefined) continue;
    touched.add(source.fetch);
    return planAbstract(planning, { ...source, path: place.path }, selections, touched);
  }
  return selections;
}

export function emptyFetch(planning: Planning, graph: string, operation: Fetch["operation"]): Fetch {
  const fetch: Fetch = {
    id: planning.fetches.length,
    graph,
    operation,
    path: [],
    on: undefined,
    target: undefined,
    selected: selectNothing(),
    after: new Set(),
  };
  planning.fetches.push(fetch);
  return fetch;
}
