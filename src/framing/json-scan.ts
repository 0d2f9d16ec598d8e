import { createContainerStack, depthMax } from "./json-depth.ts";
import { endOfNumber, endOfString, skipSpace } from "./json-token.ts";

/** One top-level member; offsets are bytes, ends are exclusive. */
export interface Member {
  /** The name after JSON unescaping. */
  readonly name: string;
  /** Offset of the name's opening quote. */
  readonly nameStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface ScannedObject {
  readonly kind: "object";
  /** In the order of the text; names may repeat. */
  readonly members: readonly Member[];
  /** Offset of `{`. */
  readonly open: number;
  /** Offset of `}`. */
  readonly close: number;
}

export interface InvalidJson {
  readonly kind: "invalid";
  /** Where reading stopped. */
  readonly offset: number;
  /** What was expected there: `expected a colon`. */
  readonly message: string;
}

/** What the next token may be. */
const wants = { value: 0, valueOrClose: 1, name: 2, nameOrClose: 3, colon: 4, commaOrClose: 5 } as const;
const wanted = [
  "a value",
  "a value or ]",
  "a member name",
  "a member name or }",
  "a colon",
  "a comma or a closing bracket",
];

/** What was found, by the very bytes: a body is read, decoded and spliced, but never changed in place. */
const scans = new WeakMap<Uint8Array, ScannedObject | InvalidJson>();

/**
 * Finds the members of a JSON object, once for the same bytes. Bytes that were scanned must not be changed.
 *
 * @returns As `scanOnce`.
 */
export function scanObject(bytes: Uint8Array): ScannedObject | InvalidJson {
  const known = scans.get(bytes);
  if (known !== undefined) return known;
  const found = scanOnce(bytes);
  scans.set(bytes, found);
  return found;
}

/**
 * Finds the members of a JSON object in one pass, without recursion and without building values. Checks structure,
 * literals, numbers and depth (at most 512); what stands inside strings, and whether the bytes are UTF-8, is left to
 * whoever reads them.
 *
 * Source: RFC 8259.
 */
function scanOnce(bytes: Uint8Array): ScannedObject | InvalidJson {
  const open = skipSpace(bytes, 0);
  if (bytes[open] !== 0x7b) return { kind: "invalid", offset: open, message: "expected an object" };
  const stack = createContainerStack();
  const members: Member[] = [];
  const size = bytes.length;
  let want: number = wants.nameOrClose;
  let name = "";
  let nameStart = 0;
  let valueStart = -1;
  let at = open + 1;
  stack.push("object");

  while (true) {
    at = skipSpace(bytes, at);
    if (at >= size) return { kind: "invalid", offset: size, message: "unexpected end" };
    const byte = bytes[at] ?? 0;
    const start = at;
    switch (byte) {
      case 0x22: {
        // A string: a name or a value.
        if (want === wants.colon || want === wants.commaOrClose) return unexpected(start, want);
        at = endOfString(bytes, start + 1);
        if (at < 0) return { kind: "invalid", offset: start, message: "a string does not end" };
        if (want >= wants.name) {
          if (stack.depth() === 1) {
            const read = readName(bytes, start, at);
            if (read === undefined)
              return { kind: "invalid", offset: start, message: "a member name has a bad escape" };
            name = read;
            nameStart = start;
          }
          want = wants.colon;
          continue;
        }
        break;
      }
      case 0x3a:
        if (want !== wants.colon) return unexpected(start, want);
        want = wants.value;
        at += 1;
        continue;
      case 0x2c:
        if (want !== wants.commaOrClose) return unexpected(start, want);
        want = stack.isObject() ? wants.name : wants.value;
        at += 1;
        continue;
      case 0x7b:
      case 0x5b:
        if (want > wants.valueOrClose) return unexpected(start, want);
        if (stack.depth() === 1) valueStart = start;
        if (!stack.push(byte === 0x7b ? "object" : "array")) {
          return { kind: "invalid", offset: start, message: `nested deeper than ${depthMax}` };
        }
        want = byte === 0x7b ? wants.nameOrClose : wants.valueOrClose;
        at += 1;
        continue;
      case 0x7d:
      case 0x5d: {
        const isObject = byte === 0x7d;
        const mayClose =
          want === wants.commaOrClose || want === (isObject ? wants.nameOrClose : wants.valueOrClose);
        if (!mayClose || stack.isObject() !== isObject) return unexpected(start, want);
        at += 1;
        if (stack.pop() === 0) {
          const rest = skipSpace(bytes, at);
          if (rest < size) return { kind: "invalid", offset: rest, message: "expected the end" };
          return { kind: "object", members, open, close: start };
        }
        if (stack.depth() === 1) members.push({ name, nameStart, valueStart, valueEnd: at });
        want = wants.commaOrClose;
        continue;
      }
      default: {
        if (want > wants.valueOrClose) return unexpected(start, want);
        at = endOfScalar(bytes, start, byte);
        if (at < 0) return { kind: "invalid", offset: start, message: "expected a value" };
        break;
      }
    }
    // A string, number or literal as a value.
    if (want > wants.valueOrClose) return unexpected(start, want);
    if (stack.depth() === 1) members.push({ name, nameStart, valueStart: start, valueEnd: at });
    want = wants.commaOrClose;
  }
}

/** The text of a member's value. */
export function valueText(bytes: Uint8Array, member: Member): string {
  return decoder.decode(bytes.subarray(member.valueStart, member.valueEnd));
}

/** Members whose doubling is refused, because two parsers may disagree about which one counts. */
const routingKeys: ReadonlySet<string> = new Set([
  "model",
  "stream",
  "max_tokens",
  "max_completion_tokens",
  "max_output_tokens",
  "tools",
  "service_tier",
  "inference_geo",
]);

/** The first routing key that occurs twice, or `undefined`. */
export function duplicateRoutingKey(members: readonly Member[]): string | undefined {
  const seen = new Set<string>();
  for (const { name } of members) {
    if (!routingKeys.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

/** Line and column of a byte, from 1; columns count characters. */
export function positionOf(
  bytes: Uint8Array,
  offset: number,
): { readonly line: number; readonly column: number } {
  let line = 1;
  let column = 1;
  for (const byte of bytes.subarray(0, offset)) {
    if (byte === 0x0a) {
      line += 1;
      column = 1;
    } else if ((byte & 0xc0) !== 0x80) {
      column += 1;
    }
  }
  return { line, column };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function unexpected(offset: number, want: number): InvalidJson {
  return { kind: "invalid", offset, message: `expected ${wanted[want] ?? "a value"}` };
}

function readName(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  for (let at = start + 1; at < end - 1; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === 0x5c || byte < 0x20)
      return parseName(decoder.decode(bytes.subarray(start, end)));
    text += String.fromCharCode(byte);
  }
  return text;
}

function parseName(quoted: string): string | undefined {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === "string" ? name : undefined;
  } catch {
    return undefined;
  }
}

function endOfScalar(bytes: Uint8Array, start: number, byte: number): number {
  switch (byte) {
    case 0x74:
      return bytes[start + 1] === 0x72 && bytes[start + 2] === 0x75 && bytes[start + 3] === 0x65
        ? start + 4
        : -1;
    case 0x6e:
      return bytes[start + 1] === 0x75 && bytes[start + 2] === 0x6c && bytes[start + 3] === 0x6c
        ? start + 4
        : -1;
    case 0x66:
      return bytes[start + 1] === 0x61 &&
        bytes[start + 2] === 0x6c &&
        bytes[start + 3] === 0x73 &&
        bytes[start + 4] === 0x65
        ? start + 5
        : -1;
    default:
      return endOfNumber(bytes, start);
  }
}
