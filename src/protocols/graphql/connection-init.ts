import type { Printable } from "../../kernel/json.ts";

/**
 * What a client that cannot set headers says in the payload of `connection_init` in their place: its members, and those
 * of its member `headers`, each set as a reader by lower-case name. Names are taken in any case, as those of headers are.
 *
 * Source: `connectionParams` as the clients graphql-ws and Apollo send them.
 */
export function initFields(payload: unknown): readonly ((name: string) => string | undefined)[] {
  const members = membersOf(payload);
  return [members, membersOf(members.get("headers"))].map((fields) => (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" ? value : undefined;
  });
}

/** Of members whose names differ in case alone, the first counts. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> {
  const members = new Map<string, unknown>();
  if (typeof value !== "object" || value === null) return members;
  for (const [name, member] of Object.entries(value))
    if (!members.has(name.toLowerCase())) members.set(name.toLowerCase(), member);
  return members;
}

/**
 * The payload of `connection_init` that tells a server what headers tell it elsewhere, in both places where servers look.
 * @param headers A flat list, names in lower case.
 */
export function greetingOf(headers: readonly string[]): Printable | undefined {
  if (headers.length === 0) return undefined;
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) fields[headers[at] ?? ""] = headers[at + 1] ?? "";
  return { ...fields, headers: fields };
}
