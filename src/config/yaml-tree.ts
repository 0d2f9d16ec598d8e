import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node } from "yaml";
import type { Path } from "./path.ts";
import { unshield } from "./shield.ts";

/** Offsets in the text: where the name of a field and its value begin. */
interface Place {
  readonly name: number | undefined;
  readonly value: number;
}

interface Fault {
  readonly offset: number;
  readonly path: Path;
  readonly message: (lines: LineCounter) => string;
}

export interface PlainTree {
  readonly value: unknown;
  readonly faults: readonly Fault[];
}

const valuesMax = 100_000;
const depthMax = 32;

/** The plain values of a parsed document. Aliases are followed within a budget of 100,000 values. */
export function plainValue(document: Document): PlainTree {
  const faults: Fault[] = [];
  let values = 0;
  /** The steps to the value that is being read; changes as the reading goes on. */
  const path: (string | number)[] = [];
  const fault = (offset: number, message: string | Fault["message"], field?: string): undefined => {
    const at = field === undefined ? [...path] : [...path, field];
    faults.push({ offset, path: at, message: typeof message === "string" ? () => message : message });
    return undefined;
  };

  const read = (node: unknown, start: number): unknown => {
    values += 1;
    if (values > valuesMax)
      return values === valuesMax + 1 ? fault(start, "aliases make this too large") : undefined;
    if (path.length > depthMax) return fault(start, `nothing is nested deeper than ${depthMax} levels here`);
    if (isAlias(node)) {
      const anchored = node.resolve(document);
      if (anchored === undefined) return fault(start, `there is no anchor \`&${node.source}\` before this`);
      return read(anchored, start);
    }
    if (isScalar(node)) return typeof node.value === "string" ? unshield(node.value) : node.value;
    if (isSeq(node)) {
      return node.items.map((item, index) => readBelow(index, item, startOf(item, start)));
    }
    return isMap(node) ? readMap(node.items, start) : null;
  };

  const readBelow = (step: string | number, node: unknown, start: number): unknown => {
    path.push(step);
    const value = read(node, start);
    path.pop();
    return value;
  };

  const readMap = (
    pairs: readonly { readonly key: unknown; readonly value: unknown }[],
    start: number,
  ): unknown => {
    const result: Record<string, unknown> = {};
    const first = new Map<string, number>();
    for (const { key, value } of pairs) {
      const offset = startOf(key, start);
      const name = nameOf(key);
      if (name === undefined) {
        fault(offset, "the name of a field must be plain text");
        continue;
      }
      const earlier = first.get(name);
      if (earlier !== undefined) {
        fault(
          offset,
          (lines) => `\`${name}\` is given twice; the first is on line ${lines.linePos(earlier).line}`,
          name,
        );
        continue;
      }
      if (name === "__proto__" || name === "<<") {
        fault(
          offset,
          name === "<<" ? "merge keys (`<<`) are not taken here" : `\`${name}\` cannot be a name`,
          name,
        );
        continue;
      }
      first.set(name, offset);
      result[name] = readBelow(name, value, startOf(value, offset));
    }
    return result;
  };

  const { contents } = document;
  return { value: contents === null ? undefined : read(contents, startOf(contents, 0)), faults };
}

/**
 * Where the value at `path` stands in a document without faults, or the nearest enclosing value that stands in it. Looked
 * for when it is asked for: a good file of a thousand pools needs no place at all.
 */
export function placeOf(document: Document, path: Path): Place & { readonly isExact: boolean } {
  let node: unknown = document.contents;
  let place: Place = { name: undefined, value: startOf(node, 0) };
  for (const step of path) {
    const owner: unknown = isAlias(node) ? node.resolve(document) : node;
    const child = childOf(owner, step, place.value);
    if (child === undefined) return { ...place, isExact: false };
    ({ node, place } = child);
  }
  return { ...place, isExact: true };
}

function childOf(
  owner: unknown,
  step: string | number,
  start: number,
): { readonly node: unknown; readonly place: Place } | undefined {
  if (isSeq(owner)) {
    const item: unknown = owner.items[Number(step)];
    if (item === undefined) return undefined;
    return { node: item, place: { name: undefined, value: startOf(item, start) } };
  }
  if (!isMap(owner)) return undefined;
  const pair = owner.items.find(({ key }) => nameOf(key) === step);
  if (pair === undefined) return undefined;
  const name = startOf(pair.key, start);
  return { node: pair.value, place: { name, value: startOf(pair.value, name) } };
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
