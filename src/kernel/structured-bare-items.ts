import type { SfBareItem } from "./structured-values.ts";

/** Where a text is read; owned by one reader. */
export interface SfCursor {
  readonly text: string;
  at: number;
}

/** Passes over any of `characters`. */
export function skip(cursor: SfCursor, characters: string): void {
  while (cursor.at < cursor.text.length && characters.includes(cursor.text[cursor.at] ?? "")) cursor.at += 1;
}

type Reader = (cursor: SfCursor) => SfBareItem | undefined;

/**
 * Reads one value by its first character; `undefined`: there is none.
 *
 * Source: RFC 9651, section 4.2.3.1.
 */
export function readBareItem(cursor: SfCursor): SfBareItem | undefined {
  const first = cursor.text[cursor.at] ?? "";
  if (first === '"') return readString(cursor);
  if (first === ":") return readBytes(cursor);
  if (first === "?") return readBoolean(cursor);
  if (first === "@") return readDate(cursor);
  if (first === "%") return readDisplay(cursor);
  return /[0-9-]/.test(first) ? readNumber(cursor) : readToken(cursor);
}

/** What `pattern` (sticky) finds here; the cursor stands behind it then. */
function take(cursor: SfCursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  if (found !== undefined) cursor.at += found.length;
  return found;
}

const numberPattern = /-?\d+(?:\.\d*)?/y;
const integerForm = /^-?\d{1,15}$/;
const decimalForm = /^-?\d{1,12}\.\d{1,3}$/;

const readNumber: Reader = (cursor) => {
  const text = take(cursor, numberPattern) ?? "";
  // Zero has no sign.
  if (integerForm.test(text)) return { type: "integer", value: Number(text) + 0 };
  return decimalForm.test(text) ? { type: "decimal", value: Number(text) + 0 } : undefined;
};

const readDate: Reader = (cursor) => {
  cursor.at += 1;
  const number = readNumber(cursor);
  return number?.type === "integer" ? { type: "date", value: number.value } : undefined;
};

const stringPattern = /"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"/y;

const readString: Reader = (cursor) => {
  const text = take(cursor, stringPattern);
  if (text === undefined) return undefined;
  const inner = text.slice(1, -1);
  return { type: "string", value: inner.includes("\\") ? inner.replace(/\\(.)/g, "$1") : inner };
};

const tokenPattern = /[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/y;

const readToken: Reader = (cursor) => {
  const value = take(cursor, tokenPattern);
  return value === undefined ? undefined : { type: "token", value };
};

const readBoolean: Reader = (cursor) => {
  const text = take(cursor, /\?[01]/y);
  return text === undefined ? undefined : { type: "boolean", value: text === "?1" };
};

const bytesPattern = /:[A-Za-z0-9+/]*={0,2}:/y;

const readBytes: Reader = (cursor) => {
  const text = take(cursor, bytesPattern)?.slice(1, -1);
  if (text === undefined || text.length % 4 !== 0) return undefined;
  const binary = atob(text);
  if (btoa(binary) !== text) return undefined;
  return { type: "bytes", value: Uint8Array.from(binary, (character) => character.charCodeAt(0)) };
};

const displayPattern = /%"(?:[\x20\x21\x23\x24\x26-\x7e]|%[0-9a-f]{2})*"/y;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const readDisplay: Reader = (cursor) => {
  const text = take(cursor, displayPattern)?.slice(2, -1);
  if (text === undefined) return undefined;
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const isTriple = text[at] === "%";
    bytes.push(isTriple ? Number.parseInt(text.slice(at + 1, at + 3), 16) : text.charCodeAt(at));
    if (isTriple) at += 2;
  }
  try {
    return { type: "display", value: utf8.decode(Uint8Array.from(bytes)) };
  } catch {
    return undefined;
  }
};
