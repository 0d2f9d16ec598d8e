import { queryText } from "./field-rule.ts";
import { foldedName, isForwarding, isHopByHop, isOwned, type OwnedNames } from "./header-names.ts";
import { isFieldValue, type TransformFault } from "./transform-value.ts";

/** Edits of headers or of query parameters, done in this order: remove, set, add. */
export interface FieldEdits {
  /** In the place of all values of that name. */
  readonly set: Readonly<Record<string, string>>;
  /** Behind those that are there. */
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Made by the gateway for each message, so that an edit would be lost or break it. */
const made: ReadonlySet<string> = new Set(["host", "content-length", "expect", "via", "traceparent", "date"]);

/** What keeps edits of headers from being used: names that the gateway owns or makes, and what no header can hold. */
export function headerFaults(edits: FieldEdits, owned: OwnedNames): readonly TransformFault[] {
  const names = [
    ...Object.keys(edits.set).map((name) => ["set", name] as const),
    ...Object.keys(edits.add).map((name) => ["add", name] as const),
    ...edits.remove.map((name, index) => ["remove", index, name] as const),
  ];
  const nameFaults = names.flatMap((at) => {
    const why = nameFault(`${at.at(-1)}`, owned);
    return why === undefined ? [] : [{ at: at.slice(0, 2), why }];
  });
  const valueFaults = (["set", "add"] as const).flatMap((verb) =>
    Object.entries(edits[verb]).flatMap(([name, value]) =>
      isFieldValue(value)
        ? []
        : [{ at: [verb, name], why: "holds a control byte or one that is not Latin-1" }],
    ),
  );
  return [...nameFaults, ...valueFaults];
}

function nameFault(name: string, owned: OwnedNames): string | undefined {
  const folded = foldedName(name);
  if (!token.test(name)) return "is no name of a header";
  if (isOwned(folded, owned) || isForwarding(folded)) return "is a name that the gateway owns";
  return isHopByHop(folded) || made.has(folded) ? "is made by the gateway itself" : undefined;
}

/**
 * The list with its edits: flat, names in lower case. What is removed or set goes in each spelling that servers take for
 * the same, so that no client keeps a say in it by `X_User`.
 */
export function editHeaders(list: readonly string[], edits: FieldEdits): readonly string[] {
  const gone = new Set([...edits.remove, ...Object.keys(edits.set)].map(foldedName));
  const edited =
    gone.size === 0
      ? [...list]
      : list.filter((_, index) => !gone.has(foldedName(list[index - (index % 2)] ?? "")));
  for (const [name, value] of [...Object.entries(edits.set), ...Object.entries(edits.add)])
    edited.push(name.toLowerCase(), value);
  return edited;
}

/** The query with its edits; what is not touched stays byte for byte. A name that is set stands where it stood first. */
export function editQuery(query: string, edits: FieldEdits): string {
  const removed = new Set(edits.remove);
  const set = new Map(Object.entries(edits.set).map(([name, value]) => [name, pairOf(name, value)]));
  const placed = new Set<string>();
  const pairs = (query === "" ? [] : query.split("&")).flatMap((pair) => {
    const name = queryText(pair.split("=", 1)[0] ?? "");
    const replacing = set.get(name);
    if (replacing === undefined) return removed.has(name) ? [] : [pair];
    if (placed.has(name)) return [];
    placed.add(name);
    return [replacing];
  });
  const behind = [...set].flatMap(([name, pair]) => (placed.has(name) ? [] : [pair]));
  const added = Object.entries(edits.add).map(([name, value]) => pairOf(name, value));
  return [...pairs, ...behind, ...added].join("&");
}

const pairOf = (name: string, value: string): string => `${component(name)}=${component(value)}`;

/** Half of a surrogate pair, which has no UTF-8, becomes U+FFFD. */
const component = (text: string): string => encodeURIComponent(text.toWellFormed());
