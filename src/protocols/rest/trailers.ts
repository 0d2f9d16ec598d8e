import { foldedName, isForwarding, isHopByHop, isOwned, type OwnedNames } from "./header-names.ts";

/**
 * What may not come behind a body: framing, routing, request modifiers and conditions, authentication, control data of
 * responses, and how the body is read. Source: RFC 9110, section 6.5.1.
 */
const headOnly: ReadonlySet<string> = new Set([
  "host",
  "max-forwards",
  "expect",
  "range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
  "if-range",
  "cache-control",
  "pragma",
  "authorization",
  "www-authenticate",
  "authentication-info",
  "cookie",
  "set-cookie",
  "age",
  "expires",
  "date",
  "location",
  "retry-after",
  "vary",
  "warning",
  "via",
  "alt-svc",
]);

const badValue = /[^\t\x20-\x7e\x80-\xff]/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The fields behind a body that may pass, either way: flat list, names in lower case. */
export function passingTrailers(list: readonly string[], owned: OwnedNames): readonly string[] {
  const passed: string[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const name = (list[index] ?? "").toLowerCase();
    const value = list[index + 1] ?? "";
    if (mayTrail(name, owned) && !badValue.test(value)) passed.push(name, value);
  }
  return passed;
}

/** The value of a `Trailer` field, without the names that may not come there; `""`: none is left. */
export function trailerNames(values: readonly string[], owned: OwnedNames): string {
  return values
    .flatMap((value) => value.split(","))
    .map((name) => name.trim())
    .filter((name) => mayTrail(name.toLowerCase(), owned))
    .join(", ");
}

function mayTrail(name: string, owned: OwnedNames): boolean {
  const folded = foldedName(name);
  return (
    token.test(name) &&
    !headOnly.has(folded) &&
    !folded.startsWith("content-") &&
    !isHopByHop(folded) &&
    !isForwarding(folded) &&
    !isOwned(folded, owned)
  );
}
