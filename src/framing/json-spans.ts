import { endOfString } from "./json-token.ts";

/** A JSON value by its place in the bytes; ends are exclusive. Numbers and literals are left out. */
export type Span =
  | { readonly kind: "string"; readonly start: number; readonly end: number }
  | { readonly kind: "object"; readonly members: readonly SpanMember[] }
  | { readonly kind: "array"; readonly items: readonly Span[] };

export interface SpanMember {
  readonly name: string;
  /** Where the name stands, its quotes among it. */
  readonly at: { readonly start: number; readonly end: number };
  readonly value: Span | undefined;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of a string value; `undefined`: it is not one of JSON's. */
export function stringAt(
  bytes: Uint8Array,
  { start, end }: { start: number; end: number },
): string | undefined {
  const quoted = decoder.decode(bytes.subarray(start, end));
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    const text: unknown = JSON.parse(quoted);
    return typeof text === "string" ? text : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The strings of a JSON text and what they stand in. The text must have been read before: what is no JSON gives spans that
 * mean nothing, and depth is not bounded here.
 */
export function readSpans(bytes: Uint8Array): Span | undefined {
  let at = 0;
  return value();

  function value(): Span | undefined {
    skip();
    switch (bytes[at]) {
      case 0x22: {
        const start = at;
        at = stringEnd();
        return { kind: "string", start, end: at };
      }
      case 0x7b:
        return { kind: "object", members: members() };
      case 0x5b:
        return { kind: "array", items: items() };
      default:
        scalar();
        return undefined;
    }
  }

  function members(): readonly SpanMember[] {
    const found: SpanMember[] = [];
    at += 1;
    for (;;) {
      skip();
      if (bytes[at] !== 0x22) break;
      const start = at;
      at = stringEnd();
      const place = { start, end: at };
      skip();
      at += 1; // the colon
      found.push({ name: stringAt(bytes, place) ?? "", at: place, value: value() });
    }
    at += 1;
    return found;
  }

  function items(): readonly Span[] {
    const found: Span[] = [];
    at += 1;
    for (;;) {
      skip();
      if (at >= bytes.length || bytes[at] === 0x5d) break;
      const item = value();
      if (item !== undefined) found.push(item);
    }
    at += 1;
    return found;
  }

  function stringEnd(): number {
    const end = endOfString(bytes, at + 1);
    return end < 0 ? bytes.length : end;
  }

  /** Blanks, and the commas that a valid text has only where they belong. */
  function skip(): void {
    while (at < bytes.length && (isBlank(bytes[at] ?? 0) || bytes[at] === 0x2c)) at += 1;
  }

  function scalar(): void {
    const start = at;
    while (at < bytes.length && !isStop(bytes[at] ?? 0)) at += 1;
    if (at === start) at += 1;
  }
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const isStop = (byte: number): boolean =>
  isBlank(byte) || byte === 0x2c || byte === 0x5d || byte === 0x7d || byte === 0x3a;

/** The bytes with other texts in the place of some of their strings, by rising places. */
export function replaceStrings(
  bytes: Uint8Array,
  edits: readonly { readonly start: number; readonly end: number; readonly text: string }[],
): Uint8Array {
  const encoder = new TextEncoder();
  const written = edits.map(({ text }) => encoder.encode(JSON.stringify(text)));
  const grown = edits.reduce(
    (sum, { start, end }, index) => sum + (written[index]?.length ?? 0) - (end - start),
    0,
  );
  const out = new Uint8Array(bytes.length + grown);
  let read = 0;
  let to = 0;
  edits.forEach(({ start, end }, index) => {
    out.set(bytes.subarray(read, start), to);
    to += start - read;
    const text = written[index];
    if (text !== undefined) {
      out.set(text, to);
      to += text.length;
    }
    read = end;
  });
  out.set(bytes.subarray(read), to);
  return out;
}
