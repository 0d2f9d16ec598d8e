import { fitsGlob } from "../../kernel/glob.ts";

/** What a route asks of a header or of a query parameter. */
export type FieldRule = { readonly name: string } & (
  | { readonly is: "present" }
  | { readonly is: "absent" }
  /** All values of that name are this text. */
  | { readonly is: "exact"; readonly text: string }
  /** All values of that name fit: `*` stands for any run of characters. */
  | { readonly is: "glob"; readonly text: string }
);

/**
 * Whether the values of a name, all of them, are as the rule asks: one that does not fit beside one that does is how two
 * readers are made to see different requests (CVE-2026-26308).
 */
export function fitsField(rule: FieldRule, values: readonly string[]): boolean {
  switch (rule.is) {
    case "absent":
      return values.length === 0;
    case "present":
      return values.length > 0;
    case "exact":
      return values.length > 0 && values.every((value) => value === rule.text);
    case "glob":
      return values.length > 0 && values.every((value) => fitsGlob(rule.text, value));
  }
}

/** All values of a header in a flat list. `name`: lower case. */
export function headerValues(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] ?? "";
    if (field.length === name.length && field.toLowerCase() === name)
      values.push(rawHeaders[index + 1] ?? "");
  }
  return values;
}

/** All values of a query parameter, decoded. */
export function queryValues(query: string, name: string): readonly string[] {
  if (query === "") return [];
  return query.split("&").flatMap((pair) => {
    const equals = pair.indexOf("=");
    const written = equals < 0 ? pair : pair.slice(0, equals);
    if (pair === "" || queryText(written) !== name) return [];
    return [equals < 0 ? "" : queryText(pair.slice(equals + 1))];
  });
}

/** What a piece of a query says: `+` is a space; triples that are no UTF-8 stay as they are. */
export function queryText(piece: string): string {
  const spaced = piece.includes("+") ? piece.replaceAll("+", " ") : piece;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}
