import { isJsonObject, type Json, parseJson } from "../../kernel/json.ts";

export interface JsonBounds {
  readonly depthMax: number;
  readonly keysMax: number;
}

/** Of the protocols specification, part 0. */
export const jsonBounds: JsonBounds = { depthMax: 64, keysMax: 10_000 };

export type StrictJson =
  | { readonly kind: "value"; readonly value: Json }
  /** A clause: `it names \`a\` twice`. */
  | { readonly kind: "fault"; readonly fault: string };

/**
 * The value of a JSON text that all readers understand alike: no object names a member twice, none is named `__proto__`,
 * and depth and the number of members of an object are bounded.
 */
export function parseStrictJson(text: string, bounds: JsonBounds = jsonBounds): StrictJson {
  const value = parseJson(text);
  if (value === undefined) return { kind: "fault", fault: "it is not JSON" };
  const fault = faultIn(text, bounds);
  return fault === undefined ? { kind: "value", value } : { kind: "fault", fault };
}

/** Walks the containers of a text that is known to be JSON, without recursion. */
function faultIn(text: string, { depthMax, keysMax }: JsonBounds): string | undefined {
  // The names of each open object, `undefined` for an array.
  const open: (Set<string> | undefined)[] = [];
  let isName = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) {
      const end = stringEnd(text, at);
      const names = open.at(-1);
      if (isName && names !== undefined) {
        const fault = addName(names, text.slice(at, end + 1), keysMax);
        if (fault !== undefined) return fault;
        isName = false;
      }
      at = end;
    } else if (unit === 0x7b || unit === 0x5b) {
      if (open.length >= depthMax) return `it is nested deeper than ${depthMax}`;
      isName = unit === 0x7b;
      open.push(isName ? new Set() : undefined);
    } else if (unit === 0x7d || unit === 0x5d) {
      open.pop();
      isName = false;
    } else if (unit === 0x2c) isName = open.at(-1) !== undefined;
  }
  return undefined;
}

/** The place of the closing quote of the string that begins at `start`. */
function stringEnd(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, quote: number): boolean {
  let slashes = 0;
  while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes += 1;
  return slashes % 2 === 1;
}

function addName(names: Set<string>, quoted: string, keysMax: number): string | undefined {
  const parsed = quoted.includes("\\") ? parseJson(quoted) : quoted.slice(1, -1);
  const name = typeof parsed === "string" ? parsed : quoted;
  if (name === "__proto__") return "a member is named `__proto__`";
  if (names.has(name)) return `it names \`${name.slice(0, 64)}\` twice`;
  if (names.size >= keysMax) return `an object has more than ${keysMax} members`;
  names.add(name);
  return undefined;
}

/**
 * A member in an upstream's JSON that poisons objects when it is merged into others: `__proto__` anywhere, or `prototype`
 * in a `constructor` (CVE-2026-32621). Linear; texts that have none of the words are not parsed.
 *
 * @returns Its name, or `undefined`; texts that are no JSON are for others to refuse.
 */
export function poisonIn(text: string): "__proto__" | "constructor.prototype" | undefined {
  if (!/__proto__|prototype|\\u/.test(text)) return undefined;
  const waiting: unknown[] = [parseJson(text)];
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (Array.isArray(value)) for (const item of value) waiting.push(item);
    if (!isJsonObject(value)) continue;
    if (Object.hasOwn(value, "__proto__")) return "__proto__";
    const maker = Object.hasOwn(value, "constructor") ? value["constructor"] : undefined;
    if (isJsonObject(maker) && Object.hasOwn(maker, "prototype")) return "constructor.prototype";
    for (const member of Object.values(value)) waiting.push(member);
  }
  return undefined;
}
