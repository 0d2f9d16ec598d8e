import type { SelectionSetNode, TypeNode } from "graphql";
import type { Subgraph } from "../../ports/graphql-federation.ts";

/** How one subgraph takes part in a field. */
export interface FieldJoin {
  readonly isExternal: boolean;
  readonly requires: SelectionSetNode | undefined;
  readonly provides: SelectionSetNode | undefined;
  /** It has taken the field over from another subgraph. */
  readonly isOverriding: boolean;
  /** It still has the field, and others are asked for it. */
  readonly isOverridden: boolean;
  /** `isOverriding`: holds while the label is on; else: holds while it is off. */
  readonly label: string | undefined;
  /** The field's named type here, where it is another than everywhere else. */
  readonly typeName: string | undefined;
}

export interface Field {
  readonly name: string;
  readonly type: TypeNode;
  readonly typeName: string;
  readonly isLeaf: boolean;
  /** By subgraph. */
  readonly joins: ReadonlyMap<string, FieldJoin>;
  /** What its type looks like everywhere: fields of one name and two signatures cannot have one name in an answer. */
  readonly signature: string;
}

export interface Key {
  readonly selection: SelectionSetNode;
  readonly isResolvable: boolean;
}

export interface TypeJoin {
  readonly keys: readonly Key[];
  readonly isInterfaceObject: boolean;
}

/** An object, interface or union type. */
export interface CompositeType {
  readonly name: string;
  readonly kind: "object" | "interface" | "union";
  readonly fields: ReadonlyMap<string, Field>;
  readonly joins: ReadonlyMap<string, TypeJoin>;
  /** Interfaces: the objects that implement it; unions: the members; by subgraph. Objects: themselves. */
  readonly possibleIn: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same over all subgraphs. */
  readonly possible: ReadonlySet<string>;
  readonly interfaces: readonly string[];
}

/** What a supergraph says, in the words of the planner. */
export interface Model {
  /** By the name in the `join__Graph` enum. */
  readonly subgraphs: ReadonlyMap<string, Subgraph>;
  readonly types: ReadonlyMap<string, CompositeType>;
  readonly roots: { readonly query: string; readonly mutation: string; readonly subscription: string };
  readonly labels: ReadonlySet<string>;
  /** By field name: signatures in a fixed order; the first has the plain name. */
  readonly signatures: ReadonlyMap<string, readonly string[]>;
}

/** Whether a subgraph may be asked for a field as things stand: not external, and not overridden. */
export function isServed(join: FieldJoin | undefined, labelsOn: ReadonlySet<string>): join is FieldJoin {
  if (join === undefined || join.isExternal || join.isOverridden) return false;
  if (join.label === undefined) return true;
  return labelsOn.has(join.label) === join.isOverriding;
}

/** Whether in a subgraph the type stands for an interface whose objects it does not know. */
export function isInterfaceObject(model: Model, typeName: string, graph: string): boolean {
  return model.types.get(typeName)?.joins.get(graph)?.isInterfaceObject === true;
}

export function possibleTypes(model: Model, typeName: string): ReadonlySet<string> {
  return model.types.get(typeName)?.possible ?? new Set();
}

/** Whether an object of one type is of another too. */
export function isA(model: Model, typeName: string, condition: string): boolean {
  if (typeName === condition) return true;
  const type = model.types.get(typeName);
  if (type?.kind === "interface") return type.interfaces.includes(condition);
  return possibleTypes(model, condition).has(typeName);
}
