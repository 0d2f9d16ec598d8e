import { readBareItem, type SfCursor, skip } from "./structured-bare-items.ts";
import type {
  SfBareItem,
  SfDictionary,
  SfInnerList,
  SfItem,
  SfList,
  SfMember,
  SfParameters,
} from "./structured-values.ts";

/**
 * Reads a field whose value is one item. `undefined`: it is none, and the field is to be passed over as a whole.
 * Lines of one field are to be joined by `, ` before.
 *
 * Stricter than the RFC asks for in one point: base64 with bits behind its end is refused, so that bytes have one form.
 *
 * Source: RFC 9651, section 4.2, for all three functions.
 */
export function parseItem(text: string): SfItem | undefined {
  const cursor = begin(text);
  const item = readItem(cursor);
  return item !== undefined && isAtEnd(cursor) ? item : undefined;
}

/** Reads a list; an empty text is an empty one. */
export function parseList(text: string): SfList | undefined {
  const cursor = begin(text);
  const members: SfMember[] = [];
  while (cursor.at < text.length) {
    const member = readMember(cursor);
    if (member === undefined || !goesOn(cursor)) return undefined;
    members.push(member);
  }
  return members;
}

/** Reads a dictionary; an empty text is an empty one. Of two members of one name the later counts. */
export function parseDictionary(text: string): SfDictionary | undefined {
  const cursor = begin(text);
  const members = new Map<string, SfMember>();
  while (cursor.at < text.length) {
    const key = readKey(cursor);
    if (key === undefined) return undefined;
    const member = takes(cursor, "=") ? readMember(cursor) : readBare(cursor);
    if (member === undefined || !goesOn(cursor)) return undefined;
    members.set(key, member);
  }
  return members;
}

const isTrue: SfBareItem = { type: "boolean", value: true };
const none: SfParameters = new Map();

function begin(text: string): SfCursor {
  const cursor = { text, at: 0 };
  skip(cursor, " ");
  return cursor;
}

function isAtEnd(cursor: SfCursor): boolean {
  skip(cursor, " ");
  return cursor.at === cursor.text.length;
}

/** Between two members: whether the text ends here, or a comma stands before something else. */
function goesOn(cursor: SfCursor): boolean {
  const { text, at } = cursor;
  if (isAtEnd(cursor)) return true;
  cursor.at = at;
  skip(cursor, " \t");
  if (!takes(cursor, ",")) return false;
  skip(cursor, " \t");
  return cursor.at < text.length;
}

function takes(cursor: SfCursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at += 1;
  return true;
}

const readMember = (cursor: SfCursor): SfMember | undefined =>
  cursor.text[cursor.at] === "(" ? readInnerList(cursor) : readItem(cursor);

/** A member without a value: true, with what parameters it has. */
function readBare(cursor: SfCursor): SfItem | undefined {
  const parameters = readParameters(cursor);
  return parameters && { value: isTrue, parameters };
}

function readInnerList(cursor: SfCursor): SfInnerList | undefined {
  cursor.at += 1;
  const items: SfItem[] = [];
  for (;;) {
    skip(cursor, " ");
    if (takes(cursor, ")")) {
      const parameters = readParameters(cursor);
      return parameters && { items, parameters };
    }
    const item = readItem(cursor);
    if (item === undefined) return undefined;
    items.push(item);
    const next = cursor.text[cursor.at];
    if (next !== " " && next !== ")") return undefined;
  }
}

function readItem(cursor: SfCursor): SfItem | undefined {
  const value = readBareItem(cursor);
  if (value === undefined) return undefined;
  const parameters = readParameters(cursor);
  return parameters && { value, parameters };
}

function readParameters(cursor: SfCursor): SfParameters | undefined {
  if (cursor.text[cursor.at] !== ";") return none;
  const parameters = new Map<string, SfBareItem>();
  while (takes(cursor, ";")) {
    skip(cursor, " ");
    const key = readKey(cursor);
    if (key === undefined) return undefined;
    const value = takes(cursor, "=") ? readBareItem(cursor) : isTrue;
    if (value === undefined) return undefined;
    parameters.set(key, value);
  }
  return parameters;
}

const keyPattern = /[a-z*][a-z0-9_.*-]*/y;

function readKey(cursor: SfCursor): string | undefined {
  keyPattern.lastIndex = cursor.at;
  const key = keyPattern.exec(cursor.text)?.[0];
  if (key !== undefined) cursor.at += key.length;
  return key;
}
