import { fitsGlob } from "../../kernel/glob.ts";

/** Whose call it is, as far as it is known. */
export interface Spender {
  readonly tenant?: string | undefined;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
  /** The id of a key. */
  readonly key?: string | undefined;
  readonly route?: string | undefined;
  /** As the client names it; `undefined` where its lane does not read it. */
  readonly model?: string | undefined;
}

/** Narrowest first: by the first that a scope names exactly it is found. */
const levels = ["key", "user", "project", "tenant", "route", "model"] as const;
export type Level = (typeof levels)[number];

/** Globs; all that are named must fit. */
export type BudgetScope = { readonly [Name in Level]?: string | undefined };

/** Whether a call counts for a scope. What is not known of a call fits no name. */
export function fits(scope: BudgetScope, spender: Spender): boolean {
  return levels.every((level) => {
    const glob = scope[level];
    if (glob === undefined) return true;
    const name = spender[level];
    return name !== undefined && fitsGlob(glob, name);
  });
}

/** Finds what applies to a call without a look at all that there is: ten thousand budgets of keys cost what one does. */
export function createIndex<Item>(
  items: readonly Item[],
  scopeOf: (item: Item) => BudgetScope,
): (spender: Spender) => readonly Item[] {
  const exact = new Map<string, Item[]>();
  const others: Item[] = [];
  for (const item of items) {
    const scope = scopeOf(item);
    const level = levels.find((name) => scope[name] !== undefined && !scope[name].includes("*"));
    if (level === undefined) others.push(item);
    else {
      const name = `${level} ${scope[level]}`;
      const known = exact.get(name);
      if (known === undefined) exact.set(name, [item]);
      else known.push(item);
    }
  }
  return (spender) => {
    const found: Item[] = [];
    for (const item of others) if (fits(scopeOf(item), spender)) found.push(item);
    if (exact.size === 0) return found;
    for (const level of levels) {
      const name = spender[level];
      if (name === undefined) continue;
      for (const item of exact.get(`${level} ${name}`) ?? [])
        if (fits(scopeOf(item), spender)) found.push(item);
    }
    return found;
  };
}
