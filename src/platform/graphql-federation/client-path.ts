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
 * names. It ends at the last field that the client asked for; `undefined`: it did not ask for the first.
 */
export function clientPlace(asked: Asked, at: Path, origin: Path): ClientPlace | undefined {
  const end = at.findLastIndex((step) => typeof step === "string");
  const above = at.slice(0, Math.max(0, end));
  let fields = fieldsOf(asked, asked.operation.selectionSet.selections);
  for (const step of above) if (typeof step === "string") fields = below(asked, fields, step);
  const found = along(asked, fields, { origin, own: at[end] });
  return found.node === undefined ? undefined : { ...found, path: [...above, ...found.path] };
}

/**
 * The way that leads furthest: one field may be asked for by several names, and not all of it by each. Of two that lead as
 * far it is the one by the name at which the error stands, `own`, else the first.
 */
function along(
  asked: Asked,
  fields: readonly FieldNode[],
  { origin, own }: { readonly origin: Path; readonly own?: string | number | undefined },
): ClientPlace {
  const [step, ...rest] = origin;
  if (step === undefined) return nowhere;
  if (typeof step === "number") {
    const found = along(asked, fields, { origin: rest });
    return { ...found, path: [step, ...found.path] };
  }
  const same = fields.filter(({ name, arguments: args, alias }) =>
    asked.names.isOf(step, { name: name.value, args, alias: (alias ?? name).value }),
  );
  let best: ClientPlace = nowhere;
  const keys = new Set(same.map(keyOf).toSorted((one, other) => Number(other === own) - Number(one === own)));
  for (const key of keys) {
    const found = along(asked, below(asked, fields, key), { origin: rest });
    if (best.node !== undefined && found.path.length + 1 <= best.path.length) continue;
    const node = found.node ?? same.find((one) => keyOf(one) === key);
    best = { path: [key, ...found.path], node };
  }
  return best;
}

const nowhere: ClientPlace = { path: [], node: undefined };

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
