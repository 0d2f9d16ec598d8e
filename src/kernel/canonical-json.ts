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
  // Without a comparison of its own a sort is by UTF-16 units, as RFC 8785, 3.2.3 asks.
  for (const name of Object.keys(value).toSorted())
    text += `${text === "" ? "" : ","}${printString(name)}:${canonicalJson(value[name] ?? null)}`;
  return `{${text}}`;
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

function printNumber(value: number): string {
  invariant(Number.isFinite(value), "canonical JSON has finite numbers only");
  return String(value);
}

function printString(text: string): string {
  if (plain.test(text)) return `"${text}"`;
  invariant(text.isWellFormed(), "canonical JSON has whole surrogate pairs only");
  return JSON.stringify(text);
}

/** ASCII in which nothing is escaped: most of what is printed. */
const plain = /^[ !#-[\]-~]*$/;
