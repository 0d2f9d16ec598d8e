import type { PathPattern } from "./path-pattern.ts";

/** Something that is found by a path, and what stood at the named places of its pattern, in their order. */
export interface PathHit<Value> {
  readonly value: Value;
  readonly captured: readonly string[];
}

export interface PathTrie<Value> {
  readonly add: (pattern: PathPattern, value: Value) => void;
  /** Everything whose pattern fits, in no order. `path`: canonical. */
  readonly find: (path: string) => readonly PathHit<Value>[];
}

interface Node<Value> {
  readonly literals: Map<string, Node<Value>>;
  one: Node<Value> | undefined;
  /** Of patterns that end here. */
  readonly ends: Value[];
  /** Of patterns that take all that follows, or nothing; `named`: under a name. */
  readonly rests: { readonly value: Value; readonly named: boolean }[];
}

/** Values by path pattern, cut at the slashes: the time goes with the path, and with how many patterns fit it. */
export function createPathTrie<Value>(): PathTrie<Value> {
  const root = emptyNode<Value>();
  return {
    add(pattern, value) {
      let node = root;
      for (const segment of pattern.segments) {
        if (segment.kind === "rest") {
          node.rests.push({ value, named: segment.name !== undefined });
          return;
        }
        node = segment.kind === "one" ? (node.one ??= emptyNode()) : literalChild(node, segment.text);
      }
      node.ends.push(value);
    },
    find(path) {
      const hits: PathHit<Value>[] = [];
      // `*` is no path.
      if (path.startsWith("/")) walk({ path, captured: [], hits }, root, 1);
      return hits;
    },
  };
}

interface Walk<Value> {
  readonly path: string;
  /** What the names on the way to the present node stand for. */
  readonly captured: string[];
  readonly hits: PathHit<Value>[];
}

/** `at`: where the next segment begins; one behind the end: there is none. */
function walk<Value>(walking: Walk<Value>, node: Node<Value>, at: number): void {
  const { path, captured, hits } = walking;
  for (const { value, named } of node.rests)
    hits.push({ value, captured: named ? [...captured, path.slice(at)] : [...captured] });
  if (at > path.length) {
    for (const value of node.ends) hits.push({ value, captured: [...captured] });
    return;
  }
  const slash = path.indexOf("/", at);
  const end = slash < 0 ? path.length : slash;
  const segment = path.slice(at, end);
  const literal = node.literals.get(segment);
  if (literal !== undefined) walk(walking, literal, end + 1);
  if (node.one === undefined || segment === "") return;
  captured.push(segment);
  walk(walking, node.one, end + 1);
  captured.pop();
}

function literalChild<Value>(node: Node<Value>, text: string): Node<Value> {
  const known = node.literals.get(text);
  if (known !== undefined) return known;
  const child = emptyNode<Value>();
  node.literals.set(text, child);
  return child;
}

const emptyNode = <Value>(): Node<Value> => ({ literals: new Map(), one: undefined, ends: [], rests: [] });
