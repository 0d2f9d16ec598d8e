import { isObject, ownOf } from "./answer.ts";
import type { Fetch, Representation, Selected, Step } from "./fetches.ts";
import { isA, type Model, possibleTypes } from "./model.ts";

/** An object of the tree: canonical names to values, errors in the place of values that failed. */
export type Branch = Map<string, unknown>;

export const typename = "__typename";

/** Copies what was asked for, and nothing else, from an answer into the tree. */
export function merge(model: Model, into: Branch, value: unknown, selected: Selected): void {
  const told = ownOf(value, typename);
  if (selected.hasTypename && typeof told === "string") into.set(typename, told);
  if (selected.guess !== undefined && !selected.needsType && !into.has(typename)) {
    const [first] = possibleTypes(model, selected.guess);
    into.set(typename, first);
  }
  for (const { key, sub } of selected.fields.values()) {
    const given = ownOf(value, key);
    if (given === undefined) continue;
    into.set(key, sub === undefined ? given : grown(model, into.get(key), given, sub));
  }
  for (const [name, inner] of selected.types)
    if (typeof told === "string" && isA(model, told, name)) merge(model, into, value, inner);
}

function grown(model: Model, known: unknown, value: unknown, sub: Selected): unknown {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = Array.isArray(known) ? known : [];
    return value.map((one, index) => grown(model, items[index], one, sub));
  }
  if (!isObject(value)) return null;
  const branch: Branch = isBranch(known) ? known : new Map();
  merge(model, branch, value, sub);
  return branch;
}

export function isBranch(value: unknown): value is Branch {
  return value instanceof Map;
}

/** The objects that a fetch is about. */
export function objectsAt(
  model: Model,
  root: Branch,
  { path, on }: Pick<Fetch, "path" | "on">,
): readonly Branch[] {
  let found: Branch[] = [root];
  const isOf = (branch: Branch, typeName: string | undefined) => {
    const told = branch.get(typename);
    return typeName === undefined || (typeof told === "string" && isA(model, told, typeName));
  };
  for (const step of path)
    found = found.filter((one) => isOf(one, step.on)).flatMap((one) => below(one, step));
  return [...new Set(found)].filter((one) => isOf(one, on));
}

function below(branch: Branch, { key }: Step): readonly Branch[] {
  const value = branch.get(key);
  const items: readonly unknown[] = Array.isArray(value) ? value.flat(10) : [value];
  return items.filter(isBranch);
}

/** What is sent of an object; `undefined`: something of it is missing or failed. */
export function represent(
  model: Model,
  branch: Branch,
  { fields, typed }: Representation,
): Record<string, unknown> | undefined {
  const told = branch.get(typename);
  const result: Record<string, unknown> = typeof told === "string" ? { [typename]: told } : {};
  for (const { name, key, sub } of fields) {
    const value = representValue(model, branch.get(key), sub);
    if (value === undefined) return undefined;
    combine(result, name, value);
  }
  for (const { on, sub } of typed) {
    if (typeof told !== "string" || !isA(model, told, on)) continue;
    const inner = represent(model, branch, sub);
    if (inner === undefined) return undefined;
    for (const [name, value] of Object.entries(inner)) combine(result, name, value);
  }
  return result;
}

/** The error because of which something of an object cannot be sent, if there is one. */
export function failedIn(model: Model, value: unknown, parts: readonly Representation[]): Error | undefined {
  if (value instanceof Error) return value;
  if (Array.isArray(value)) return firstOf(value, (item) => failedIn(model, item, parts));
  if (!isBranch(value)) return undefined;
  const told = value.get(typename);
  const isOf = ({ on }: { readonly on: string }) => typeof told === "string" && isA(model, told, on);
  const ofField = ({ key, sub }: Representation["fields"][number]) =>
    failedIn(model, value.get(key), sub === undefined ? [] : [sub]);
  return firstOf(
    parts,
    ({ fields, typed }) =>
      firstOf(fields, ofField) ?? firstOf(typed.filter(isOf), ({ sub }) => failedIn(model, value, [sub])),
  );
}

function firstOf<T>(list: readonly T[], look: (one: T) => Error | undefined): Error | undefined {
  for (const one of list) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Two parts of one object, `book { id }` and `book { title }`, become one. */
export function combine(into: Record<string, unknown>, name: string, value: unknown): void {
  const known = into[name];
  if (isObject(known) && isObject(value)) {
    const both: Record<string, unknown> = { ...known };
    for (const [key, one] of Object.entries(value)) combine(both, key, one);
    into[name] = both;
  } else into[name] = value;
}

function representValue(model: Model, value: unknown, sub: Representation | undefined): unknown {
  if (value === undefined || value instanceof Error) return undefined;
  if (Array.isArray(value)) {
    const items = value.map((one) => representValue(model, one, sub));
    return items.includes(undefined) ? undefined : items;
  }
  return sub !== undefined && isBranch(value) ? represent(model, value, sub) : value;
}
