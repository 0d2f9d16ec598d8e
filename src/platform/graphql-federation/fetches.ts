import type { ArgumentNode } from "graphql";
import type { OperationType } from "../../ports/graphql-federation.ts";
import type { Field } from "./model.ts";
import type { Names } from "./names.ts";

/** What is asked of one object. */
export interface Selected {
  readonly fields: Map<string, SelectedField>;
  /** More, for objects of a type. */
  readonly types: Map<string, Selected>;
  hasTypename: boolean;
  /** The object's type is not known here and nobody needs it: any type that the client's schema allows will do. */
  guess: string | undefined;
  needsType: boolean;
}

export interface SelectedField {
  readonly key: string;
  readonly name: string;
  readonly args: readonly ArgumentNode[];
  readonly sub: Selected | undefined;
}

/** From an object to one below it; `on`: only from objects of that type. Lists are gone through. */
export interface Step {
  readonly key: string;
  readonly on: string | undefined;
}

/** What of an object's data goes into its representation. */
export interface Representation {
  readonly fields: readonly {
    readonly name: string;
    readonly key: string;
    readonly sub: Representation | undefined;
  }[];
  readonly typed: readonly { readonly on: string; readonly sub: Representation }[];
}

export interface EntityTarget {
  /** The type by which the subgraph knows the entity. */
  readonly typeName: string;
  readonly representations: Representation[];
  /** A field that must be there and not null: without it nothing is asked. */
  readonly key: Representation;
}

/** One operation at one subgraph, in a plan. */
export interface Fetch {
  readonly id: number;
  readonly graph: string;
  readonly operation: OperationType;
  readonly path: readonly Step[];
  readonly on: string | undefined;
  readonly target: EntityTarget | undefined;
  readonly selected: Selected;
  readonly after: Set<Fetch>;
}

export interface Plan {
  readonly operation: OperationType;
  readonly fetches: readonly Fetch[];
  readonly names: Names;
  readonly steps: number;
}

export function selectNothing(): Selected {
  return { fields: new Map(), types: new Map(), hasTypename: false, guess: undefined, needsType: false };
}

export function selectOn(selected: Selected, typeName: string): Selected {
  const known = selected.types.get(typeName) ?? selectNothing();
  selected.types.set(typeName, known);
  return known;
}

/** Adds a field, or finds it where it is asked for already. */
export function selectField(
  selected: Selected,
  field: Field,
  { key, args }: { readonly key: string; readonly args: readonly ArgumentNode[] },
): SelectedField {
  const known = selected.fields.get(key) ?? {
    key,
    name: field.name,
    args,
    sub: field.isLeaf ? undefined : selectNothing(),
  };
  selected.fields.set(key, known);
  return known;
}

/** Whether one fetch waits for another, directly or by others. Each is looked at once, however many ways lead to it. */
export function waitsFor(fetch: Fetch, other: Fetch): boolean {
  const seen = new Set([fetch]);
  for (const one of seen) {
    if (one === other) return true;
    for (const before of one.after) seen.add(before);
  }
  return false;
}
