import { type FieldNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from "graphql";
import { LimitError } from "./faults.ts";

/** Some 140 times the same field in one place: more than any tool writes, little to compare. */
const pairsMax = 10_000;

/**
 * Bounds what validation has to compare: each field with each other of the same place in the answer, fragments included.
 * The count ends as soon as it passes the bound, so its own work is bounded too.
 *
 * @param sets The selection sets of all operations and fragments, none of which may spread itself.
 * @returns The number of pairs, each as often as its arguments are long.
 * @throws LimitError `repeated-fields`
 */
export function countRepeats(
  sets: readonly SelectionSetNode[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): number {
  let pairs = 0;
  let looked = 0;

  function look(field: FieldNode): void {
    looked += 1;
    if (looked > 10 * pairsMax) throw tooMany(field);
  }
  function collect(set: SelectionSetNode, into: Map<string, FieldNode[]>): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet, into);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet, into);
      } else {
        look(selection);
        const key = selection.alias?.value ?? selection.name.value;
        const same = into.get(key) ?? [];
        pairs += same.length * weightOf(selection);
        if (pairs > pairsMax) throw tooMany(selection);
        same.push(selection);
        into.set(key, same);
      }
    }
  }

  const waiting: (readonly SelectionSetNode[])[] = sets.map((set) => [set]);
  for (let merged = waiting.pop(); merged !== undefined; merged = waiting.pop()) {
    const fields = new Map<string, FieldNode[]>();
    for (const set of merged) collect(set, fields);
    for (const same of fields.values()) {
      const inner = same.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (inner.length > 0) waiting.push(inner);
    }
  }
  return pairs;
}

/** Of two fields the arguments are printed and compared: 130 with five numbers each took 53 ms. */
const charactersPerWeight = 16;

function weightOf({ arguments: args = [] }: FieldNode): number {
  const from = args[0]?.loc?.start ?? 0;
  const to = args.at(-1)?.loc?.end ?? 0;
  return 1 + Math.ceil((to - from) / charactersPerWeight);
}

const tooMany = (field: FieldNode): LimitError =>
  new LimitError("repeated-fields", `\`${field.name.value}\` is asked for too often in one place.`, field);
