import type { FactValue } from "../ports/expressions.ts";

const textCharactersMax = 8192;
const nameCharactersMax = 256;
const namesMax = 100;
/** Of lists, and of maps; of all others `namesMax`. */
const sizesMax: Readonly<Record<string, number>> = {
  "request.query": 256,
  "auth.roles": 64,
  "auth.scopes": 128,
  "auth.claims": 64,
  "ai.tools": 128,
  "route.labels": 64,
};

export type Lists = Readonly<Record<string, readonly string[]>>;

/** A condition that asks for it cannot be told then: who guards refuses. */
export const unknown = (why: string): Error => new Error(why);

/**
 * A fact, or one of its lists, as large as a condition was reckoned with. What is cut would hide what stands behind the cut,
 * so that what is larger cannot be told.
 * @throws Where it is larger.
 */
export function boundedFact(name: string, whole: FactValue, key?: string): FactValue {
  if (typeof whole === "string") return within(whole, name, textCharactersMax);
  if (typeof whole !== "object") return whole;
  const bound = { name, most: sizesMax[name] ?? namesMax };
  if (!isLists(whole)) return boundedNames(whole, bound);
  if (key !== undefined) return boundedList(Object.hasOwn(whole, key) ? whole[key] : none, bound);
  for (const one of boundedNames(Object.keys(whole), bound)) boundedList(whole[one], bound);
  return whole;
}

interface Bound {
  readonly name: string;
  readonly most: number;
}

function boundedNames(names: readonly string[], { name, most }: Bound): readonly string[] {
  if (names.length > most) throw unknown(`\`${name}\` has more than ${most} items`);
  for (const one of names) within(one, name, nameCharactersMax);
  return names;
}

const none: readonly string[] = [];

function boundedList(list: readonly string[] = none, { name, most }: Bound): readonly string[] {
  if (list.length > most) throw unknown(`a list of \`${name}\` has more than ${most} items`);
  for (const one of list) within(one, name, textCharactersMax);
  return list;
}

function within(text: string, name: string, most: number): string {
  if (text.length > most) throw unknown(`\`${name}\` has a text of more than ${most} characters`);
  return text;
}

const isLists = (value: FactValue): value is Lists => typeof value === "object" && !Array.isArray(value);

/** All values by their name. A prototype of its own would be a name too. */
export function listsOf(pairs: Iterable<readonly [name: string, value: string]>): Lists {
  const lists: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const known = lists[name];
    if (known === undefined) lists[name] = [value];
    else known.push(value);
  }
  return lists;
}

/** Of a flat list of headers, by names in small letters. */
export function headerLists(flat: readonly string[]): Lists {
  const names = flat.filter((_, index) => index % 2 === 0);
  return listsOf(names.map((name, index) => [name.toLowerCase(), flat[2 * index + 1] ?? ""] as const));
}
