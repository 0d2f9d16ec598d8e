import { GatewayError } from "../kernel/errors.ts";
import { invariant } from "../kernel/invariant.ts";

/** A header of an AWS event-stream message: the wire has ten types, of which two are the two booleans. */
export type HeaderValue =
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "byte" | "short" | "integer"; readonly value: number }
  /** `timestamp`: milliseconds since 1970. */
  | { readonly kind: "long" | "timestamp"; readonly value: bigint }
  | { readonly kind: "bytes"; readonly value: Uint8Array }
  | { readonly kind: "string"; readonly value: string }
  /** 16 bytes. */
  | { readonly kind: "uuid"; readonly value: Uint8Array };

/** What a message is labelled with; a text alone stands for a `string`. */
export type EventStreamHeaders = Readonly<Record<string, HeaderValue | string>>;

/**
 * Reads the header section of a message: u8 length and name, u8 type, value, one after the other.
 * @throws GatewayError `upstream_malformed_response` for an unknown type, or a value that runs over the section's end.
 *
 * Source: AWS, "Event stream encoding" (Amazon Transcribe developer guide), types 0 to 9.
 */
export function readEventStreamHeaders(section: Uint8Array): ReadonlyMap<string, HeaderValue> {
  const view = new DataView(section.buffer, section.byteOffset, section.byteLength);
  const headers = new Map<string, HeaderValue>();
  let at = 0;
  /** The offset of the next `size` bytes. */
  const take = (size: number): number => {
    const start = at;
    at += size;
    if (at > section.length) throw malformed("a header runs over the end of its section");
    return start;
  };
  const slice = (size: number): Uint8Array => {
    const start = take(size);
    return section.subarray(start, start + size);
  };
  while (at < section.length) {
    const name = decoder.decode(slice(view.getUint8(take(1))));
    headers.set(name, readValue(view.getUint8(take(1)), view, { take, slice }));
  }
  return headers;
}

interface Cursor {
  readonly take: (size: number) => number;
  readonly slice: (size: number) => Uint8Array;
}

function readValue(type: number, view: DataView, { take, slice }: Cursor): HeaderValue {
  switch (type) {
    case 0:
    case 1:
      return { kind: "boolean", value: type === 0 };
    case 2:
      return { kind: "byte", value: view.getInt8(take(1)) };
    case 3:
      return { kind: "short", value: view.getInt16(take(2)) };
    case 4:
      return { kind: "integer", value: view.getInt32(take(4)) };
    case 5:
      return { kind: "long", value: view.getBigInt64(take(8)) };
    case 6:
      return { kind: "bytes", value: slice(view.getUint16(take(2))) };
    case 7:
      return { kind: "string", value: decoder.decode(slice(view.getUint16(take(2)))) };
    case 8:
      return { kind: "timestamp", value: view.getBigInt64(take(8)) };
    case 9:
      return { kind: "uuid", value: slice(16) };
    default:
      throw malformed(`a header has the unknown type ${type}`);
  }
}

/** Writes a header section, in the order of `headers`. */
export function writeEventStreamHeaders(headers: EventStreamHeaders): Uint8Array {
  const pieces = Object.entries(headers).flatMap(([name, value]) => {
    const label = encoder.encode(name);
    invariant(label.length > 0 && label.length <= 0xff, "a header's name has 1 to 255 bytes");
    const given: HeaderValue = typeof value === "string" ? { kind: "string", value } : value;
    return [Uint8Array.of(label.length), label, ...writeValue(given)];
  });
  return joinBytes(pieces);
}

function writeValue(header: HeaderValue): readonly Uint8Array[] {
  switch (header.kind) {
    case "boolean":
      return [Uint8Array.of(header.value ? 0 : 1)];
    case "byte":
      return [fixed(2, 1, (view) => view.setInt8(1, header.value))];
    case "short":
      return [fixed(3, 2, (view) => view.setInt16(1, header.value))];
    case "integer":
      return [fixed(4, 4, (view) => view.setInt32(1, header.value))];
    case "long":
      return [fixed(5, 8, (view) => view.setBigInt64(1, header.value))];
    case "bytes":
      return sized(6, header.value);
    case "string":
      return sized(7, encoder.encode(header.value));
    case "timestamp":
      return [fixed(8, 8, (view) => view.setBigInt64(1, header.value))];
    case "uuid":
      invariant(header.value.length === 16, "a UUID has 16 bytes");
      return [Uint8Array.of(9), header.value];
  }
}

/** A type and a value of `size` bytes. */
function fixed(type: number, size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(1 + size);
  bytes[0] = type;
  write(new DataView(bytes.buffer));
  return bytes;
}

function sized(type: number, value: Uint8Array): readonly Uint8Array[] {
  invariant(value.length <= 0xffff, "a header's value has at most 65535 bytes");
  return [fixed(type, 2, (view) => view.setUint16(1, value.length)), value];
}

/** One array of all pieces. */
export function joinBytes(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Bytes that are no AWS event stream. */
export function malformed(detail: string): GatewayError {
  return new GatewayError("upstream_malformed_response", `AWS event stream: ${detail}`);
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();
