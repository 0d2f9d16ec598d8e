/** What a plain reader walks through: JSON of any provider, of which nothing is known beforehand. */
export type Tree = unknown;

/** The value at a path; `undefined` where there is none. */
export function at(tree: Tree, ...path: readonly (string | number)[]): Tree {
  let value = tree;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** The text at a path; `""` where there is none. */
export function textAt(tree: Tree, ...path: readonly (string | number)[]): string {
  const value = at(tree, ...path);
  return typeof value === "string" ? value : "";
}

/** The number at a path. */
export function numberAt(tree: Tree, ...path: readonly (string | number)[]): number | undefined {
  const value = at(tree, ...path);
  return typeof value === "number" ? value : undefined;
}

/** The items of the list at a path; none where there is no list. */
export function listAt(tree: Tree, ...path: readonly (string | number)[]): readonly Tree[] {
  const value = at(tree, ...path);
  return Array.isArray(value) ? (value as readonly Tree[]) : [];
}

/** Whether a tree has an object at a path. */
export function hasObject(tree: Tree, ...path: readonly (string | number)[]): boolean {
  const value = at(tree, ...path);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * JSON with the numbers that a double would change kept as marked text, so that a rounded number in a tool's arguments
 * is seen. `undefined` for what is no JSON.
 */
export function parseKept(text: string): Tree {
  const keep = (_name: string, value: unknown, context?: { readonly source?: string }): unknown => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined || String(value) === source) return value;
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? `\u0001${source}` : value;
  };
  try {
    return JSON.parse(text, keep);
  } catch {
    return undefined;
  }
}

/** The sum of the counts that are known; `undefined` when none is. */
export function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}
