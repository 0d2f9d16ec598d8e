import type { Frame } from "../exchange/codec.ts";
import { GatewayError } from "../kernel/errors.ts";
import { invariant } from "../kernel/invariant.ts";
import {
  type EventStreamHeaders,
  type HeaderValue,
  joinBytes,
  malformed,
  readEventStreamHeaders,
  writeEventStreamHeaders,
} from "./aws-event-stream-headers.ts";
import { crc32 } from "./crc32.ts";

/** Cuts an AWS event stream into its messages. */
export interface EventStreamReader {
  /**
   * The messages that are whole now. Their bytes, joined, are the input; a message inside one chunk is a view of it.
   * `event` is the `:event-type`; for a message that tells of an error, `exception:` and its type or code.
   * @throws GatewayError `upstream_malformed_response` for a wrong checksum, length or header. Nothing can be read after it.
   */
  readonly push: (chunk: Uint8Array) => readonly Frame[];
  /**
   * Nothing is left to deliver: a message is whole as soon as its last byte is there.
   * @throws GatewayError `upstream_stream_broken` when the stream ended inside a message.
   */
  readonly end: () => readonly Frame[];
}

/** Total length, headers' length, checksum of the two. */
const preludeBytes = 12;
const checksumBytes = 4;
const messageBytesMin = preludeBytes + checksumBytes;
/** Source: AI models specification, part 12; AWS allows 24 MiB a message and 128 KiB of headers. */
const messageBytesMax = 25_165_824;
const headersBytesMax = 131_072;

/**
 * A reader of AWS event streams. Linear in the input, however it is cut; a length is believed only after its checksum,
 * so that a garbled one neither waits for bytes that never come nor takes memory for them.
 *
 *     u32 total | u32 headers | u32 CRC-32 of these 8 bytes | headers | payload | u32 CRC-32 of all before it
 *
 * Source: AWS, "Event stream encoding" (Amazon Transcribe developer guide).
 */
export function createEventStreamReader(): EventStreamReader {
  const labelOf = createLabels();
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  /** So many bytes must be there before it is worth looking. */
  let wanted = preludeBytes;

  return {
    push(chunk) {
      if (chunk.length === 0) return [];
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes < wanted) return [];
      const bytes = pending.length === 1 ? chunk : joinBytes(pending);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      pending = [bytes];
      wanted = preludeBytes;
      const frames: Frame[] = [];
      let at = 0;
      while (bytes.length - at >= preludeBytes) {
        const lengths = readPrelude(bytes, view, at);
        if (bytes.length - at < lengths.total) {
          wanted = lengths.total;
          break;
        }
        frames.push(readMessage(bytes.subarray(at, at + lengths.total), lengths, labelOf));
        at += lengths.total;
      }
      pendingBytes = bytes.length - at;
      pending = pendingBytes === 0 ? [] : [bytes.subarray(at)];
      return frames;
    },
    end() {
      if (pendingBytes === 0) return [];
      throw new GatewayError(
        "upstream_stream_broken",
        `the AWS event stream ended ${pendingBytes} bytes into a message`,
      );
    },
  };
}

interface Lengths {
  readonly total: number;
  readonly headers: number;
}

function readPrelude(bytes: Uint8Array, view: DataView, at: number): Lengths {
  if (view.getUint32(at + 8) !== crc32(bytes.subarray(at, at + 8)))
    throw malformed("the checksum of a message's lengths is wrong");
  const total = view.getUint32(at);
  const headers = view.getUint32(at + 4);
  if (total < messageBytesMin || total > messageBytesMax)
    throw malformed(`a message claims ${total} bytes, not ${messageBytesMin} to ${messageBytesMax}`);
  if (headers > headersBytesMax || headers > total - messageBytesMin)
    throw malformed(`a message of ${total} bytes claims ${headers} bytes of headers`);
  return { total, headers };
}

function readMessage(bytes: Uint8Array, lengths: Lengths, labelOf: (section: Uint8Array) => Label): Frame {
  const end = bytes.length - checksumBytes;
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0);
  if (checksum !== crc32(bytes.subarray(0, end))) throw malformed("the checksum of a message is wrong");
  const payload = preludeBytes + lengths.headers;
  const { event, words } = labelOf(bytes.subarray(preludeBytes, payload));
  const data = decoder.decode(bytes.subarray(payload, end));
  return { bytes, kind: "event", event, data: data === "" ? words : data };
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What the headers of a message say it is. */
interface Label {
  readonly event: string;
  /** What it says, where that stands in the headers: messages of type `error` have no payload. */
  readonly words: string;
}

/** Nearly all messages of a stream have the same headers: those of the last one are known by comparing bytes. */
function createLabels(): (section: Uint8Array) => Label {
  let known: { readonly section: Uint8Array; readonly label: Label } | undefined;
  return (section) => {
    if (known !== undefined && isSame(known.section, section)) return known.label;
    const label = readLabel(readEventStreamHeaders(section));
    known = { section: section.slice(), label };
    return label;
  };
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) if (left[index] !== right[index]) return false;
  return true;
}

function readLabel(headers: ReadonlyMap<string, HeaderValue>): Label {
  const text = (name: string): string => {
    const header = headers.get(name);
    return header?.kind === "string" ? header.value : "";
  };
  const type = text(":message-type");
  switch (type) {
    case "event":
      return { event: text(":event-type"), words: "" };
    case "exception":
      return { event: `exception:${text(":exception-type")}`, words: "" };
    case "error": {
      const message = text(":error-message");
      return {
        event: `exception:${text(":error-code")}`,
        words: message === "" ? "" : JSON.stringify({ message }),
      };
    }
    default:
      throw malformed(`a message has the unknown type "${type}"`);
  }
}

/**
 * One message of an AWS event stream, checksums included; `headers` in their order, `payload` as UTF-8 when it is text.
 * What a server of such streams writes.
 */
export function encodeEventStreamMessage(
  headers: EventStreamHeaders,
  payload: Uint8Array | string,
): Uint8Array {
  const section = writeEventStreamHeaders(headers);
  const body = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
  const total = messageBytesMin + section.length + body.length;
  invariant(
    section.length <= headersBytesMax && total <= messageBytesMax,
    "a message keeps the limits of AWS",
  );
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, total);
  view.setUint32(4, section.length);
  view.setUint32(8, crc32(bytes.subarray(0, 8)));
  bytes.set(section, preludeBytes);
  bytes.set(body, preludeBytes + section.length);
  view.setUint32(total - checksumBytes, crc32(bytes.subarray(0, total - checksumBytes)));
  return bytes;
}
