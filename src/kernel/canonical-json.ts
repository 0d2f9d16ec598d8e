import { invariant } from "./invariant.ts";
import type { Json } from "./json.ts";

/**
 * The one text of a JSON value that everybody prints alike, so that its bytes can be hashed and signed: members sorted by
 * the UTF-16 units of their names, no spaces, numbers and strings as ECMAScript prints them.
 *
 * Source: RFC 8785 (JSON Canonicalization Scheme).
 * @throws Error for what is no I-JSON: a number that is not finite, a string with half of a surrogate pair.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === "number") return printNumber(value);
  if (typeof value === "string") return printString(value);
  if (typeof value !== "object" || value === null) return String(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  let text = "";
  for (const [name, member] of Object.entries(value).toSorted(byName))
    text += `${text === "" ? "" : ","}${printString(name)}:${canonicalJson(member)}`;
  return `{${text}}`;
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

/** `<` compares strings by their UTF-16 units, as RFC 8785, 3.2.3 asks. */
const byName = ([left]: readonly [string, Json], [right]: readonly [string, Json]): number =>
  left < right ? -1 : 1;

function printNumber(value: number): string {
  invariant(Number.isFinite(value), "canonical JSON has finite numbers only");
  return String(value);
}

function printString(text: string): string {
  invariant(text.isWellFormed(), "canonical JSON has whole surrogate pairs only");
  return JSON.stringify(text);
}
