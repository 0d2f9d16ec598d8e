import type { Frame } from "../exchange/codec.ts";
import { GatewayError } from "../kernel/errors.ts";
import type { SseReader } from "./sse.ts";

/** Cuts the text of one JSON array into its elements. The same promises as `SseReader`. */
export type JsonArrayReader = SseReader;

/** What the next byte belongs to. Numbers and literals end with the byte after them. */
const at = {
  /** Before the array. */
  front: 0,
  /** Behind `[`: an element or `]`. */
  first: 1,
  /** Behind a comma: an element. */
  next: 2,
  /** Behind an element: a comma or `]`. */
  between: 3,
  /** Inside an object or array. */
  nested: 4,
  /** Inside a string. */
  string: 5,
  /** Behind a backslash inside a string. */
  escape: 6,
  /** Inside a number or literal that is an element itself. */
  scalar: 7,
  /** Behind `]`: white space only. */
  closed: 8,
} as const;

/**
 * A reader of a JSON array that comes in pieces, one frame per element. `data` is the element's text; `bytes` are its
 * bytes with what stands before it: `[` or a comma, and white space. The closing bracket is a frame of kind `comment`,
 * and so is white space that follows it. Inside elements only strings and brackets are looked at: whether they are JSON
 * is left to whoever reads them. Linear in the input, however it is cut; any cuts give the same frames.
 *
 * Source: Gemini API reference, `streamGenerateContent` without `alt=sse`.
 */
export function createJsonArrayReader(options: { readonly frameBytesMax?: number } = {}): JsonArrayReader {
  const frameBytesMax = options.frameBytesMax ?? 20 * 1024 * 1024;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let state: number = at.front;
  let depth = 0;
  /** Where the element begins in the bytes of its frame. */
  let elementAt = 0;

  const measure = (size: number): void => {
    if (size > frameBytesMax) refuse(`a stream element is larger than ${frameBytesMax} bytes`);
  };
  const join = (): Uint8Array => {
    const [only] = pending;
    if (only !== undefined && pending.length === 1) return only;
    const whole = new Uint8Array(pendingBytes);
    let written = 0;
    for (const piece of pending) {
      whole.set(piece, written);
      written += piece.length;
    }
    return whole;
  };
  const keep = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    pending.push(bytes);
    pendingBytes += bytes.length;
    measure(pendingBytes);
  };
  const take = (last: Uint8Array): Uint8Array => {
    measure(pendingBytes + last.length);
    if (pendingBytes === 0) return last;
    pending.push(last);
    pendingBytes += last.length;
    const whole = join();
    pending = [];
    pendingBytes = 0;
    return whole;
  };
  const element = (last: Uint8Array): Frame => {
    const bytes = take(last);
    return { bytes, kind: "event", event: "", data: decoder.decode(bytes.subarray(elementAt)) };
  };
  /** The state behind the first byte of an element. */
  const begin = (byte: number, offset: number): number => {
    elementAt = offset;
    if (byte === 0x22) {
      depth = 0;
      return at.string;
    }
    if (byte !== 0x7b && byte !== 0x5b) return startsScalar(byte) ? at.scalar : refuse("expected a value");
    depth = 1;
    return at.nested;
  };

  return {
    push(chunk) {
      const frames: Frame[] = [];
      let start = 0;
      let next = 0;
      const cut = (end: number): void => {
        frames.push(element(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end)));
        start = end;
        state = at.between;
      };
      while (next < chunk.length) {
        const byte = chunk[next] ?? 0;
        switch (state) {
          case at.nested:
            if (byte === 0x22) state = at.string;
            else if (byte === 0x7b || byte === 0x5b) depth += 1;
            else if (byte === 0x7d || byte === 0x5d) {
              depth -= 1;
              if (depth === 0) cut(next + 1);
            }
            break;
          case at.string:
            if (byte === 0x5c) state = at.escape;
            else if (byte === 0x22) {
              if (depth === 0) cut(next + 1);
              else state = at.nested;
            }
            break;
          case at.escape:
            state = at.string;
            break;
          case at.scalar:
            if (isSpace(byte) || byte === 0x2c || byte === 0x5d) {
              cut(next);
              // The byte itself is looked at again, behind the element.
              continue;
            }
            break;
          default:
            if (isSpace(byte)) break;
            if (state === at.front) {
              if (byte !== 0x5b) refuse("the stream is no JSON array");
              state = at.first;
            } else if (state === at.closed) refuse("expected the end behind the array");
            else if (byte === 0x5d && state !== at.next) {
              const bytes = take(chunk.subarray(start, next + 1));
              frames.push({ bytes, kind: "comment", event: "", data: "" });
              start = next + 1;
              state = at.closed;
            } else if (state !== at.between) state = begin(byte, pendingBytes + next - start);
            else if (byte === 0x2c) state = at.next;
            else refuse("expected a comma or ]");
        }
        next += 1;
      }
      keep(start === 0 ? chunk : chunk.subarray(start));
      return frames;
    },
    end() {
      if (state !== at.closed || pendingBytes === 0) return [];
      return [{ bytes: take(new Uint8Array()), kind: "comment", event: "", data: "" }];
    },
    tail: join,
  };
}

function refuse(detail: string): never {
  throw new GatewayError("upstream_malformed_response", detail);
}

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** A digit, a minus, or the first letter of a literal. */
const startsScalar = (byte: number): boolean =>
  byte === 0x2d || (byte >= 0x30 && byte <= 0x39) || byte === 0x74 || byte === 0x66 || byte === 0x6e;
