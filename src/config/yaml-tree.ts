import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Path } from "./path.ts";
import { unshield } from "./shield.ts";

/** Offsets in the text: where the name of a field and its value begin. The key is the path as JSON. */
export type Marks = ReadonlyMap<string, { readonly name: number | undefined; readonly value: number }>;

interface Fault {
  readonly offset: number;
  readonly path: Path;
  readonly message: (lines: LineCounter) => string;
}

export interface PlainTree {
  readonly value: unknown;
  readonly marks: Marks;
  readonly faults: readonly Fault[];
}

const valuesMax = 100_000;
const depthMax = 32;

/** The plain values of a parsed document, with the place of each. Aliases are followed within a budget of 100,000 values. */
export function plainValue(document: Document): PlainTree {
  const marks = new Map<string, { readonly name: number | undefined; readonly value: number }>();
  const faults: Fault[] = [];
  let values = 0;
  const fault = (offset: number, path: Path, message: string | Fault["message"]): undefined => {
    faults.push({ offset, path, message: typeof message === "string" ? () => message : message });
    return undefined;
  };

  const read = (
    node: unknown,
    path: Path,
    place: { readonly name: number | undefined; readonly value: number },
  ): unknown => {
    marks.set(JSON.stringify(path), place);
    values += 1;
    if (values > valuesMax)
      return values === valuesMax + 1 ? fault(place.value, path, "aliases make this too large") : undefined;
    if (path.length > depthMax)
      return fault(place.value, path, `nothing is nested deeper than ${depthMax} levels here`);
    if (isAlias(node)) {
      const anchored = node.resolve(document);
      if (anchored === undefined)
        return fault(place.value, path, `there is no anchor \`&${node.source}\` before this`);
      return read(anchored, path, place);
    }
    if (isScalar(node)) return typeof node.value === "string" ? unshield(node.value) : node.value;
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        read(item, [...path, index], { name: undefined, value: startOf(item, place.value) }),
      );
    }
    if (isMap(node)) return readMap(node.items, path, place.value);
    return null;
  };

  const readMap = (
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    path: Path,
    start: number,
  ): unknown => {
    const result: Record<string, unknown> = {};
    const first = new Map<string, number>();
    for (const { key, value } of pairs) {
      const offset = startOf(key, start);
      const name = nameOf(key);
      if (name === undefined) {
        fault(offset, path, "the name of a field must be plain text");
        continue;
      }
      const fieldPath = [...path, name];
      const earlier = first.get(name);
      if (earlier !== undefined) {
        fault(
          offset,
          fieldPath,
          (lines) => `\`${name}\` is given twice; the first is on line ${lines.linePos(earlier).line}`,
        );
        continue;
      }
      if (name === "__proto__" || name === "<<") {
        fault(
          offset,
          fieldPath,
          name === "<<" ? "merge keys (`<<`) are not taken here" : `\`${name}\` cannot be a name`,
        );
        continue;
      }
      first.set(name, offset);
      result[name] = read(value, fieldPath, { name: offset, value: startOf(value, offset) });
    }
    return result;
  };

  const value =
    document.contents === null
      ? undefined
      : read(document.contents, [], { name: undefined, value: startOf(document.contents, 0) });
  return { value, marks, faults };
}

/** A field's name as it is written: `8080` and `true` are names too. */
function nameOf(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return unshield(key.source ?? JSON.stringify(key.value));
}

function startOf(node: unknown, otherwise: number): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? otherwise;
}

function isNode(value: unknown): value is Node {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
}
