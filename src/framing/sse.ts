import type { Frame } from "../exchange/codec.ts";
import { GatewayError } from "../kernel/errors.ts";
import { parseFields } from "./sse-fields.ts";

const lf = 0x0a;
const cr = 0x0d;

/** Cuts a byte stream into server-sent events. */
export interface SseReader {
  /**
   * The frames that are whole now. Their bytes, joined, are the input: line ends, comments and a byte order mark included.
   * A frame inside one chunk is a view of it.
   * @throws GatewayError `upstream_malformed_response` when a frame is larger than `frameBytesMax`.
   */
  readonly push: (chunk: Uint8Array) => readonly Frame[];
  /**
   * The last frame, if the stream ended without its blank line and yet said all: its data is a whole JSON object or
   * array, or `[DONE]`. Such a frame lacks its final line end: whoever writes on must write `\n\n` first.
   */
  readonly end: () => readonly Frame[];
  /** The bytes that came and were not delivered: after `end`, the beginning of a frame that was cut. */
  readonly tail: () => Uint8Array;
}

/** Where the scan stands in the current line and frame. */
interface Cursor {
  /** The next line end of each kind in the current chunk, `Infinity` for none; found once, not once per line. */
  nextLf: number;
  nextCr: number;
  isLineEmpty: boolean;
  hasLines: boolean;
  /** The last byte of the chunk before was a CR that ended a line: an LF now belongs to it. */
  isAfterCr: boolean;
}

/**
 * A reader of server-sent events. Lines end at LF, CR or CRLF, also when a chunk ends between the two; a CR that ends
 * a frame delivers it at once, and an LF that follows in the next chunk becomes the first byte of the next frame.
 * Blank lines between frames belong to the frame after them. Linear in the input, however it is cut.
 *
 * Source: WHATWG HTML, "Server-sent events", section 9.2.6.
 */
export function createSseReader(options: { readonly frameBytesMax?: number } = {}): SseReader {
  const frameBytesMax = options.frameBytesMax ?? 20 * 1024 * 1024;
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const cursor: Cursor = { nextLf: -1, nextCr: -1, isLineEmpty: true, hasLines: false, isAfterCr: false };
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let isFirst = true;

  const measure = (size: number): void => {
    if (size <= frameBytesMax) return;
    throw new GatewayError(
      "upstream_malformed_response",
      `a stream frame is larger than ${frameBytesMax} bytes`,
    );
  };
  const frameOf = (bytes: Uint8Array, text: string): Frame => {
    const fields = parseFields(isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text);
    isFirst = false;
    const isEvent = fields.event !== "" || fields.hasData;
    return { bytes, kind: isEvent ? "event" : "comment", event: fields.event, data: fields.data };
  };
  const keep = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    pending.push(bytes);
    pendingBytes += bytes.length;
    measure(pendingBytes);
  };
  const join = (): Uint8Array => {
    const [only] = pending;
    if (only !== undefined && pending.length === 1) return only;
    const whole = new Uint8Array(pendingBytes);
    let at = 0;
    for (const piece of pending) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  };
  const take = (): Uint8Array => {
    const whole = join();
    pending = [];
    pendingBytes = 0;
    return whole;
  };

  return {
    push(chunk) {
      cursor.nextLf = -1;
      cursor.nextCr = -1;
      let end = findFrameEnd(chunk, cursor, 0);
      if (end < 0) {
        keep(chunk);
        return [];
      }
      const frames: Frame[] = [];
      let start = 0;
      if (pendingBytes > 0) {
        keep(chunk.subarray(0, end));
        const whole = take();
        frames.push(frameOf(whole, decoder.decode(whole)));
        start = end;
        end = findFrameEnd(chunk, cursor, start);
      }
      if (end > 0) {
        const ends: number[] = [];
        const first = start;
        let last = start;
        for (; end > 0; end = findFrameEnd(chunk, cursor, last)) {
          measure(end - last);
          ends.push(end);
          last = end;
        }
        const text = decoder.decode(
          first === 0 && last === chunk.length ? chunk : chunk.subarray(first, last),
        );
        // As many code units as bytes: every unit is one byte, so that offsets of bytes are offsets of text.
        const isSameWidth = text.length === last - first;
        for (const edge of ends) {
          const bytes = start === 0 && edge === chunk.length ? chunk : chunk.subarray(start, edge);
          frames.push(
            frameOf(bytes, isSameWidth ? text.slice(start - first, edge - first) : decoder.decode(bytes)),
          );
          start = edge;
        }
      }
      if (start < chunk.length) keep(chunk.subarray(start));
      return frames;
    },
    end() {
      if (pendingBytes === 0) return [];
      const whole = join();
      const frame = frameOf(whole, decoder.decode(whole));
      const isWhole = frame.kind === "comment" ? cursor.isLineEmpty : isCompleteData(frame.data);
      if (!isWhole) return [];
      take();
      return [frame];
    },
    tail: join,
  };
}

/** The offset behind the blank line that ends the frame in progress, or -1 when it does not end in this chunk. */
function findFrameEnd(chunk: Uint8Array, cursor: Cursor, from: number): number {
  const size = chunk.length;
  let at = from;
  while (at < size) {
    if (cursor.isAfterCr) {
      cursor.isAfterCr = false;
      if (chunk[at] === lf) {
        at += 1;
        continue;
      }
    }
    const first = chunk[at];
    const isBlank = cursor.isLineEmpty && (first === lf || first === cr);
    const lineEnd = isBlank ? at : nextLineEnd(chunk, cursor, at);
    if (lineEnd >= size) {
      cursor.isLineEmpty = false;
      cursor.hasLines = true;
      return -1;
    }
    at = lineEnd + 1;
    if (chunk[lineEnd] === cr) {
      if (at === size) cursor.isAfterCr = true;
      else if (chunk[at] === lf) at += 1;
    }
    cursor.isLineEmpty = true;
    if (!isBlank) cursor.hasLines = true;
    else if (cursor.hasLines) {
      cursor.hasLines = false;
      return at;
    }
  }
  return -1;
}

function nextLineEnd(chunk: Uint8Array, cursor: Cursor, from: number): number {
  if (cursor.nextLf < from) cursor.nextLf = offsetOf(chunk, lf, from);
  if (cursor.nextCr < from) cursor.nextCr = offsetOf(chunk, cr, from);
  return Math.min(cursor.nextLf, cursor.nextCr);
}

function offsetOf(chunk: Uint8Array, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function isCompleteData(data: string): boolean {
  if (data === "[DONE]") return true;
  if (!data.startsWith("{") && !data.startsWith("[")) return false;
  try {
    JSON.parse(data);
    return true;
  } catch {
    return false;
  }
}
