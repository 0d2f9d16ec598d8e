/** A JSON value as `JSON.parse` gives it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };
export type JsonObject = { readonly [member: string]: Json };

/**
 * JSON kept as its own text, because parsing would change it: integers above 2^53, `1.0`, member order, escapes.
 * `printJson` writes the text where the value stands.
 */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What `printJson` takes: JSON values, raw text among them, and `undefined` members, which are left out. */
export type Printable =
  | null
  | boolean
  | number
  | string
  | RawJson
  | readonly Printable[]
  | { readonly [member: string]: Printable | undefined };

/** Prints deterministically: members in insertion order, no spaces, `undefined` members left out, raw text spliced in. */
export function printJson(value: Printable): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map((item: Printable) => printJson(item)).join(",")}]`;
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${printJson(member)}`);
  }
  return `{${members.join(",")}}`;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value of `text`, or `undefined` when it is not JSON. (JSON itself has no `undefined`.) */
export function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
