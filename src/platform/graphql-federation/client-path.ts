import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
} from "graphql";
import type { Flattening } from "./flatten.ts";
import type { Names } from "./names.ts";

type Path = readonly (string | number)[];

export interface Asked {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly isIncluded: Flattening["isIncluded"];
  readonly names: Names;
}

export interface ClientPlace {
  readonly path: Path;
  readonly node: FieldNode | undefined;
}

/**
 * Where an error arose, in the client's own words: from the place in its answer at which the error stands, along canonical
 * names. It ends at the last field that the client asked for; the place itself, if that is the object's own.
 */
export function clientPlace(asked: Asked, at: Path, origin: Path): ClientPlace | undefined {
  const end = at.findLastIndex((step) => typeof step === "string");
  const above = at.slice(0, Math.max(0, end));
  let fields = fieldsOf(asked, asked.operation.selectionSet.selections);
  for (const step of above) if (typeof step === "string") fields = below(asked, fields, step);
  const path = [...above];
  let found: FieldNode | undefined;
  for (const step of origin) {
    if (typeof step === "number") {
      path.push(step);
      continue;
    }
    const same = fields.filter(({ name, arguments: args, alias }) =>
      asked.names.isOf(step, { name: name.value, args, alias: (alias ?? name).value }),
    );
    const own = found === undefined ? same.find((one) => keyOf(one) === at[end]) : undefined;
    const next = own ?? same[0];
    if (next === undefined) break;
    found = next;
    path.push(keyOf(next));
    fields = below(asked, fields, keyOf(next));
  }
  return found === undefined ? undefined : { path, node: found };
}

const keyOf = ({ alias, name }: FieldNode): string => (alias ?? name).value;

const below = (asked: Asked, fields: readonly FieldNode[], key: string): readonly FieldNode[] =>
  fieldsOf(
    asked,
    fields.filter((one) => keyOf(one) === key).flatMap((one) => one.selectionSet?.selections ?? []),
  );

/** The fields among selections, those of fragments too, whatever type they are for. */
function fieldsOf(asked: Asked, selections: readonly SelectionNode[]): readonly FieldNode[] {
  return selections.flatMap((one): readonly FieldNode[] => {
    if (!asked.isIncluded(one.directives)) return [];
    if (one.kind === Kind.FIELD) return [one];
    const set =
      one.kind === Kind.INLINE_FRAGMENT
        ? one.selectionSet
        : asked.fragments.get(one.name.value)?.selectionSet;
    return fieldsOf(asked, set?.selections ?? []);
  });
}
